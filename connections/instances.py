"""The GitLabs and GitHubs that an organization registers: each change is one transaction, with its audit event."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet, prefetch_related_objects

from audit import log
from audit.events import Event
from audit.subjects import Subject
from connections import instance_clients, instance_rules, keys
from connections.errors import ClientNotFound, InstanceInUse, InstanceNotFound, InstanceRefused, InstanceTaken
from connections.instance_clients import Asked, address_of, asked_of, dependents
from connections.models import DataKey, Instance
from connections.overview import visible
from connections.providers import PROVIDERS
from connections.providers.base import Provider
from connections.providers.clients import ClientKind, Made
from connections.servers import configured_client
from organizations.access import Principal, require_organization
from organizations.roles import Permission
from wire.unique import unless_taken

URL_STAYS = "instanceUrl: the address of an instance does not change. Register the other address beside it."
INSTANCE_STAYS = "Without the instance no token is renewed any more. Delete first what depends on it."
# By column, what the wire calls it.
WIRE_NAMES = {"allow_private": "allowPrivate", "ca_pem": "caCertificates"}


@dataclass(slots=True)
class Usage:
    """How many connections use an instance, and how many of them cannot do without it."""

    connections: int = 0
    by_oauth: int = 0


def list_instances(principal: Principal, provider: Provider) -> list[Instance]:
    """Return the organization's instances of one app, by address; raises PermissionDenied."""
    require_organization(principal, Permission.INSTANCES_READ)
    return list(_of_organization(principal, provider).prefetch_related("clients").order_by("url"))


def get(principal: Principal, provider: Provider, *, instance_id: uuid.UUID) -> Instance:
    """Return one of the organization's instances; raises InstanceNotFound, PermissionDenied."""
    require_organization(principal, Permission.INSTANCES_READ)
    rows = _of_organization(principal, provider).prefetch_related("clients")
    return _found(rows.filter(pk=instance_id).first(), instance_id)


def register(
    principal: Principal,
    provider: Provider,
    *,
    url: str,
    client_id: str = "",
    client_secrets: Sequence[str] = (),
    ca_pem: str = "",
    allow_private: bool = False,
) -> Instance:
    """Register an instance. Its settings apply from now on to every call to its address.

    Raises InstanceRefused, InstanceTaken, InstanceInUse, PermissionDenied.
    """
    require_organization(principal, Permission.INSTANCES_EDIT)
    if bool(client_id) != bool(client_secrets):
        raise InstanceRefused(instance_clients.TOGETHER)
    instance = Instance(
        organization_id=principal.organization_id,
        app=provider.app,
        url=instance_rules.address(url),
        ca_pem=instance_rules.authorities(ca_pem),
        allow_private=allow_private,
    )
    instance_rules.require_nameable(provider, instance.url)
    instance_rules.require_open(provider, instance.url, allow_private=allow_private)
    kind, key = provider.main_client, keys.current_key(principal.organization_id)
    with unless_taken(InstanceTaken(instance.url)), transaction.atomic():
        instance.save(force_insert=True)
        instance_clients.put(instance, kind, Asked(client_id, instance_clients.unique(client_secrets)), key)
        instance_clients.require_same(provider, kind, instance, before="")
        instance_clients.retry_soon(instance)
        record(Event.CREATE_APP_CONNECTION_INSTANCE, principal, instance, **_facts(provider, instance))
    return instance


def change(
    principal: Principal, provider: Provider, *, instance_id: uuid.UUID, changes: Mapping[str, Any]
) -> Instance:
    """Change an instance; refreshes that its connections had put off are tried again at once.

    `changes` may hold `url` (which must stay what it is), `client_id`, `client_secrets` (which replaces them),
    `add_client_secret` (which goes in front of them), `ca_pem` and `allow_private`.
    Raises InstanceNotFound, InstanceRefused, InstanceInUse, PermissionDenied.
    """
    require_organization(principal, Permission.INSTANCES_EDIT)
    key = keys.current_key(principal.organization_id)
    with transaction.atomic():
        instance = locked(principal, provider, instance_id)
        present = instance.client(provider.main_client.name)
        client_before = present.client_id if present else ""
        changed = _apply(provider, instance, changes, key)
        if changed:
            instance_clients.require_same(provider, provider.main_client, instance, before=client_before)
            instance.save()
            instance_clients.retry_soon(instance)
            record(
                Event.UPDATE_APP_CONNECTION_INSTANCE,
                principal,
                instance,
                changed=changed,
                **_facts(provider, instance),
            )
    return instance


def keep_made(
    principal: Principal, provider: Provider, kind: ClientKind, *, instance_id: uuid.UUID, made: Made, replaces: str
) -> Instance:
    """Store a client that the server made for us, in the place of the one with the id `replaces` (empty: of none).

    Raises InstanceNotFound, InstanceRefused, InstanceInUse, PermissionDenied.
    """
    require_organization(principal, Permission.INSTANCES_EDIT)
    key = keys.current_key(principal.organization_id)
    with transaction.atomic():
        instance = locked(principal, provider, instance_id)
        require_makeable(provider, kind, instance, replaces=replaces)
        instance_clients.put_made(instance, kind, made, key)
        instance_clients.retry_soon(instance)
        record(
            Event.CREATE_APP_CONNECTION_CLIENT,
            principal,
            instance,
            url=instance.url,
            kind=kind.name,
            name=made.name,
            clientId=made.client.id,
            replaced=replaces or None,
        )
    return instance


def require_makeable(provider: Provider, kind: ClientKind, instance: Instance, *, replaces: str) -> None:
    """Let a client be made in the place of the one with the id `replaces`, which no connection depends on.

    Raises InstanceRefused, InstanceInUse.
    """
    present = instance.client(kind.name)
    if (present.client_id if present else "") != replaces:
        raise InstanceRefused(f"Somebody else has put another {kind.title} there meanwhile, or taken it away.")
    if present or configured_client(provider, kind, instance.url):
        instance_clients.require_free(kind, instance)


def forget_client(
    principal: Principal, provider: Provider, kind: ClientKind, *, instance_id: uuid.UUID
) -> Instance:
    """Delete our client of one kind, which no connection depends on; at the server it stays.

    Raises InstanceNotFound, ClientNotFound, InstanceInUse, PermissionDenied.
    """
    require_organization(principal, Permission.INSTANCES_EDIT)
    with transaction.atomic():
        instance = locked(principal, provider, instance_id)
        client = instance.client(kind.name)
        if client is None:
            raise ClientNotFound(kind.title, instance.url)
        instance_clients.require_free(kind, instance)
        client.delete()
        record(
            Event.DELETE_APP_CONNECTION_CLIENT,
            principal,
            instance,
            url=instance.url,
            kind=kind.name,
            clientId=client.client_id,
        )
    return instance


def remove(principal: Principal, provider: Provider, *, instance_id: uuid.UUID) -> Instance:
    """Delete an instance that no OAuth connection uses; returns what it was.

    Raises InstanceNotFound, InstanceInUse, PermissionDenied.
    """
    require_organization(principal, Permission.INSTANCES_EDIT)
    with transaction.atomic():
        instance = locked(principal, provider, instance_id)
        if using := dependents(instance):
            raise InstanceInUse(instance.url, len(using), INSTANCE_STAYS)
        prefetch_related_objects([instance], "clients")
        record(Event.DELETE_APP_CONNECTION_INSTANCE, principal, instance, url=instance.url)
        Instance.objects.filter(pk=instance_id).delete()
    return instance


def usage(principal: Principal) -> dict[tuple[str, str], Usage]:
    """Return how many connections there are at each address, by app and address. One query.

    Only those count that the principal may read.
    """
    counted = visible(principal).order_by().values_list("app", "method", "public").annotate(count=Count("id"))
    found: dict[tuple[str, str], Usage] = defaultdict(Usage)
    for app, method, public, count in counted:
        provider = PROVIDERS[app]
        if url := address_of(provider, public):
            used = found[app, url]
            used.connections += count
            used.by_oauth += count if provider.methods[method].oauth else 0
    return found


def _of_organization(principal: Principal, provider: Provider) -> QuerySet[Instance]:
    return Instance.objects.filter(organization_id=principal.organization_id, app=provider.app)


def _found(instance: Instance | None, instance_id: uuid.UUID) -> Instance:
    if instance is None:
        raise InstanceNotFound(str(instance_id))
    return instance


def locked(principal: Principal, provider: Provider, instance_id: uuid.UUID) -> Instance:
    """Return the row, locked until the transaction ends."""
    rows = _of_organization(principal, provider).select_for_update(of=("self",))
    return _found(rows.filter(pk=instance_id).first(), instance_id)


def _apply(provider: Provider, instance: Instance, changes: Mapping[str, Any], key: DataKey) -> list[str]:
    """Set what differs; returns the wire names of it."""
    if "url" in changes and instance_rules.address(changes["url"]) != instance.url:
        raise InstanceRefused(URL_STAYS)
    given = {name: changes[name] for name in WIRE_NAMES if name in changes}
    if "ca_pem" in given:
        given["ca_pem"] = instance_rules.authorities(given["ca_pem"])
    differing = [name for name, value in given.items() if getattr(instance, name) != value]
    if "allow_private" in differing:
        instance_rules.require_open(provider, instance.url, allow_private=given["allow_private"])
    client = instance.client(provider.main_client.name)
    asked = asked_of(client, changes)
    for name in differing:
        setattr(instance, name, given[name])
    changed = [WIRE_NAMES[name] for name in differing]
    if asked.client_id != (client.client_id if client else ""):
        changed.append("clientId")
    if asked.secrets is None:
        return changed
    instance_clients.put(instance, provider.main_client, asked, key)
    return [*changed, "clientSecrets"]


def _facts(provider: Provider, instance: Instance) -> dict[str, Any]:
    client = instance.client(provider.main_client.name)
    return {
        "url": instance.url,
        "clientId": client.client_id if client else None,
        "clientSecretCount": client.secret_count if client else 0,
        "allowPrivate": instance.allow_private,
    }


def record(event: Event, principal: Principal, instance: Instance, **metadata: Any) -> None:
    log.record(
        event,
        actor=principal.actor,
        organization_id=instance.organization_id,
        about=Subject(instance.id, instance.url),
        instanceId=str(instance.id),
        app=instance.app,
        **metadata,
    )
