"""Which GitLab or GitHub a connection is to, how it may be reached, and how we are known there.

An organization registers instances, perhaps with clients of its own; the operator configures one client of each
kind in the environment (`configured.py`). A client belongs to one address: for any other there is none, whatever
address a request names.
"""

import uuid
from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from connections import configured
from connections.configured import is_same
from connections.errors import ClientNotConfigured, NoClientThere
from connections.models import Client, Instance
from connections.providers.base import Credentials, Method, Provider
from connections.providers.clients import ClientKind, OAuthClient, Server
from connections.providers.errors import AddressRefused
from connections.providers.http import normal_url
from connections.providers.network import Network


def server_for(provider: Provider, credentials: Credentials, organization_id: uuid.UUID) -> Server:
    """Return the server that these credentials of the organization are for, and open no secret of ours."""
    return server_at(provider, provider.server_url(credentials, provider.default_url), organization_id)


def server_at(provider: Provider, url: str, organization_id: uuid.UUID) -> Server:
    """Return the server at an address as the organization may reach it."""
    instance = registered(provider, url, organization_id)
    return server_of(provider, instance) if instance else Server(url=url, network=operator_network())


def server_with_client(
    provider: Provider,
    method: Method,
    credentials: Credentials,
    organization_id: uuid.UUID,
    *,
    default_url: str = "",
) -> Server:
    """Return the same with our client for the method there, if there is one; raises Unsealable.

    `default_url` is meant where the credentials name no server, instead of the provider's own default.
    """
    url = provider.server_url(credentials, default_url or provider.default_url)
    kind = provider.client_of(method)
    instance = registered(provider, url, organization_id)
    if instance is None:
        client = configured_client(provider, kind, url) if kind else None
        return Server(url=url, network=operator_network(), client=client)
    return replace(server_of(provider, instance), client=_client_at(provider, kind, instance) if kind else None)


def server_of(provider: Provider, instance: Instance) -> Server:
    """Return the server that an organization registered.

    Where it is known by a client of the operator's, the operator's own rule holds: an authority that one
    organization trusts must not stand between us and a server that gets everybody's secret.
    """
    is_shared = any(has_shared_client(provider, kind, instance) for kind in provider.clients.values())
    return Server(url=instance.url, network=operator_network() if is_shared else _network_of(instance))


def has_shared_client(provider: Provider, kind: ClientKind, instance: Instance) -> bool:
    """Tell whether we are known at the instance by the operator's client of this kind."""
    return configured_client(provider, kind, instance.url) is not None and instance.client(kind.name) is None


def _client_at(provider: Provider, kind: ClientKind, instance: Instance) -> OAuthClient | None:
    own = instance.client(kind.name)
    if own is None:
        return configured_client(provider, kind, instance.url)
    held = own.open()
    return OAuthClient(
        own.client_id,
        held.secrets,
        redirect_uri(provider, instance),
        details=own.details,
        private_keys=held.private_keys,
    )


def urls_to_offer(provider: Provider, organization_id: uuid.UUID) -> list[str]:
    """Return the servers that an organization may mean: its registered ones, the operator's, the provider's own."""
    known = Instance.objects.filter(organization_id=organization_id, app=provider.app).order_by("url")
    configured_urls = [configured.url_of(provider, kind) for kind in provider.clients.values()]
    return list(dict.fromkeys([*known.values_list("url", flat=True), *configured_urls, provider.default_url]))


def registered(provider: Provider, url: str, organization_id: uuid.UUID) -> Instance | None:
    """Return the organization's instance at this address, however that is spelled."""
    try:
        normal = normal_url(url)
    except AddressRefused:  # the call itself will say so
        return None
    return Instance.objects.filter(organization_id=organization_id, app=provider.app, url=normal).first()


def configured_client(provider: Provider, kind: ClientKind, url: str) -> OAuthClient | None:
    """Return the operator's client of this kind, if it is for this address."""
    found = configured.client_of(kind, redirect_uri(provider))
    return found if found and is_same(url, configured.url_of(provider, kind)) else None


def no_client(provider: Provider, kind: ClientKind, url: str) -> ClientNotConfigured | NoClientThere:
    """Return the error for a server at which we have no client of this kind."""
    own_url = configured.url_of(provider, kind)
    if is_same(url, own_url):
        return ClientNotConfigured(kind.missing)
    return NoClientThere(provider.app, kind.title, url, own_url if configured.is_set(kind) else "")


def redirect_uri(provider: Provider, instance: Instance | None = None) -> str:
    """Return where the app sends people back to; it is registered there letter by letter.

    Every registered instance has one of its own: by it the way back shows which server a code is from, and no
    other server is sent that code (RFC 9700, section 4.4).
    """
    return way_back(provider, instance.id if instance else None)


def way_back(provider: Provider, instance_id: uuid.UUID | None) -> str:
    """Return the redirect URI of the configured server, or of a registered instance."""
    path = f"/organization/app-connections/{provider.app}/oauth/callback"
    return f"{settings.SITE_URL}{path}/{instance_id}" if instance_id else f"{settings.SITE_URL}{path}"


def redirect_uris(provider: Provider, kind: ClientKind, organization_id: uuid.UUID) -> dict[str, str]:
    """Return the redirect URI for each server at which the organization can connect by a client of this kind."""
    known = Client.objects.filter(
        kind=kind.name, instance__organization_id=organization_id, instance__app=provider.app
    ).select_related("instance")
    own = {configured.url_of(provider, kind): redirect_uri(provider)} if configured.is_set(kind) else {}
    return own | {
        client.instance.url: redirect_uri(provider, client.instance) for client in known.order_by("instance__url")
    }


def origin_of(url: str) -> str:
    """Return the origin of a server's address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def operator_network() -> Network:
    """Return the operator's rule; raises ValueError naming the setting at fault."""
    return _network(
        settings.ALLOW_INTERNAL_IP_CONNECTIONS,
        tuple(settings.ALLOWED_INTERNAL_HOSTS),
        settings.EXTRA_CA_CERTS or None,
    )


@cache
def _network(allow_internal: bool, allowed_hosts: tuple[str, ...], ca_file: str | None) -> Network:
    return Network(allow_internal=allow_internal, allowed_hosts=allowed_hosts, ca_file=ca_file)


def _network_of(instance: Instance) -> Network:
    """Return the operator's rule with the instance's authority, closed to private addresses where it says so."""
    network = operator_network()
    if instance.ca_pem:
        network = replace(network, ca_pem=instance.ca_pem)
    return network if instance.allow_private else replace(network, allow_internal=False, allowed_hosts=())
