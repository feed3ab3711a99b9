"""Which GitLab or GitHub a connection is to, how it may be reached, and how we are known there.

An organization registers instances; the operator configures one OAuth client per app in the environment. A client
belongs to one address: for any other there is none, whatever address a request names.
"""

import uuid
from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from connections.errors import ClientNotConfigured, NoClientThere
from connections.models import Instance
from connections.providers import PROVIDERS
from connections.providers.base import Credentials, OAuthClient, Provider, Server
from connections.providers.errors import AddressRefused
from connections.providers.http import normal_url
from connections.providers.network import Network


def server_for(
    provider: Provider, credentials: Credentials, organization_id: uuid.UUID, *, default_url: str = ""
) -> Server:
    """Return the server that these credentials of the organization are for, and open no secret of ours.

    `default_url` is meant where they name none, instead of the provider's own default.
    """
    url = provider.server_url(credentials, default_url or provider.client_variables.default_url)
    instance = registered(provider, url, organization_id)
    return server_of(provider, instance) if instance else Server(url=url, network=operator_network())


def server_with_client(
    provider: Provider, credentials: Credentials, organization_id: uuid.UUID, *, default_url: str = ""
) -> Server:
    """Return the same with our OAuth client there, if there is one; raises Unsealable."""
    url = provider.server_url(credentials, default_url or provider.client_variables.default_url)
    instance = registered(provider, url, organization_id)
    if instance is None:
        return Server(url=url, network=operator_network(), client=configured_client(provider, url))
    return replace(server_of(provider, instance), client=_client_at(provider, instance))


def server_of(provider: Provider, instance: Instance) -> Server:
    """Return the server that an organization registered.

    Where it is known by the operator's OAuth client, the operator's own rule holds: an authority that one
    organization trusts must not stand between us and a server that gets everybody's secret.
    """
    is_shared = not instance.client_id and configured_client(provider, instance.url) is not None
    return Server(url=instance.url, network=operator_network() if is_shared else _network_of(instance))


def _client_at(provider: Provider, instance: Instance) -> OAuthClient | None:
    if not instance.client_id:
        return configured_client(provider, instance.url)
    return OAuthClient(instance.client_id, instance.open_client_secrets(), redirect_uri(provider, instance))


def urls_to_offer(provider: Provider, organization_id: uuid.UUID) -> list[str]:
    """Return the servers that an organization may mean: its registered ones, the operator's, the provider's own."""
    known = Instance.objects.filter(organization_id=organization_id, app=provider.app).order_by("url")
    urls = [*known.values_list("url", flat=True), configured_url(provider), provider.client_variables.default_url]
    return list(dict.fromkeys(urls))


def registered(provider: Provider, url: str, organization_id: uuid.UUID) -> Instance | None:
    """Return the organization's instance at this address, however that is spelled."""
    try:
        normal = normal_url(url)
    except AddressRefused:  # the call itself will say so
        return None
    found = Instance.objects.select_related("data_key")
    return found.filter(organization_id=organization_id, app=provider.app, url=normal).first()


def configured_client(provider: Provider, url: str) -> OAuthClient | None:
    """Return the client of the environment, if it is for this address."""
    variables = provider.client_variables
    client_id, client_secret = variable(variables.client_id), variable(variables.client_secret)
    if not client_id or not client_secret or not is_same(url, configured_url(provider)):
        return None
    return OAuthClient(client_id, _secrets(client_secret), redirect_uri(provider))


def no_client(provider: Provider, url: str) -> ClientNotConfigured | NoClientThere:
    """Return the error for a server at which we have no OAuth client."""
    own_url = configured_url(provider)
    if is_same(url, own_url):
        return ClientNotConfigured(provider.display_name)
    return NoClientThere(provider.app, url, own_url if variable(provider.client_variables.client_id) else "")


def configured_url(provider: Provider) -> str:
    """Return the address that the environment's client is for."""
    return (variable(provider.client_variables.url) or provider.client_variables.default_url).rstrip("/")


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


def redirect_uris(provider: Provider, organization_id: uuid.UUID) -> dict[str, str]:
    """Return the redirect URI for each server at which the organization can connect by OAuth."""
    known = Instance.objects.filter(organization_id=organization_id, app=provider.app).exclude(client_id="")
    own = (
        {configured_url(provider): redirect_uri(provider)} if variable(provider.client_variables.client_id) else {}
    )
    return own | {instance.url: redirect_uri(provider, instance) for instance in known.order_by("url")}


def origin_of(url: str) -> str:
    """Return the origin of a server's address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def options(provider: Provider) -> dict[str, str]:
    """Return what clients may know of the environment's OAuth client."""
    return {name: value for name, source in provider.options.items() if (value := variable(source))}


def variable(name: str) -> str:
    """Return a provider's environment variable; empty when it is not set."""
    return str(settings.APP_CONNECTION_VARIABLES.get(name, ""))


def check_variables() -> None:
    """Raise ValueError, naming the variable, for an OAuth client that cannot work."""
    for provider in PROVIDERS.values():
        names = provider.client_variables
        if bool(variable(names.client_id)) != bool(variable(names.client_secret)):
            raise ValueError(f"{names.client_id} and {names.client_secret} go together: set both or neither.")
        if variable(names.client_secret) and not _secrets(variable(names.client_secret)):
            raise ValueError(f"{names.client_secret} holds no secret.")
        try:
            normal_url(configured_url(provider))
        except AddressRefused as error:
            raise ValueError(f"{names.url}: {error.message}") from None


def _secrets(listed: str) -> list[str]:
    return [secret for part in listed.split(",") if (secret := part.strip())]


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


def is_same(url: str, other: str) -> bool:
    """Tell whether two addresses are those of one server."""
    try:
        return normal_url(url) == normal_url(other)
    except AddressRefused:
        return False
