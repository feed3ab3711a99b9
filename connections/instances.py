"""The GitLabs and GitHubs that an organization registers: each change is one transaction, with its audit event.

An OAuth connection's grant belongs to the client that got it: at its address that client must stay what it is.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from audit import log
from audit.events import Event
from audit.subjects import Subject
from connections import instance_rules, keys
from connections.errors import InstanceInUse, InstanceNotFound, InstanceRefused, InstanceTaken
from connections.models import AppConnection, DataKey, Instance
from connections.overview import visible
from connections.providers import PROVIDERS
from connections.providers.base import Credentials, Provider
from connections.providers.errors import AddressRefused
from connections.providers.http import normal_url
from connections.servers import configured_client
from organizations.access import Principal, require_organization
from organizations.roles import Permission
from wire.unique import unless_taken

MOST_SECRETS = 5
AT_ONCE = 500
TOGETHER = "clientId and clientSecrets go together: give both, or neither."
SECRETS_OF_ITS_OWN = "clientId: a new client has secrets of its own. Give clientSecrets with it."
ONE_OF_TWO = "Give clientSecrets, which replaces them all, or addClientSecret, not both."
URL_STAYS = "instanceUrl: the address of an instance does not change. Register the other address beside it."
CLIENT_STAYS = "Their grants belong to the OAuth client that is there now. Delete them before it changes."
INSTANCE_STAYS = "Without the instance their tokens could not be refreshed. Delete them first."
# By column, what the wire calls it.
WIRE_NAMES = {"allow_private": "allowPrivate", "ca_pem": "caCertificates", "client_id": "clientId"}


@dataclass(slots=True)
class Usage:
    """How many connections use an instance, and how many of them cannot do without it."""

    connections: int = 0
    by_oauth: int = 0


def list_instances(principal: Principal, provider: Provider) -> list[Instance]:
    """Return the organization's instances of one app, by address; raises PermissionDenied."""
    require_organization(principal, Permission.INSTANCES_READ)
    return list(_of_organization(principal, provider).order_by("url"))


def get(principal: Principal, provider: Provider, *, instance_id: uuid.UUID) -> Instance:
    """Return one of the organization's instances; raises InstanceNotFound, PermissionDenied."""
    require_organization(principal, Permission.INSTANCES_READ)
    return _found(_of_organization(principal, provider).filter(pk=instance_id).first(), instance_id)


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
        raise InstanceRefused(TOGETHER)
    instance = Instance(
        organization_id=principal.organization_id,
        app=provider.app,
        url=instance_rules.address(url),
        client_id=client_id,
        ca_pem=instance_rules.authorities(ca_pem),
        allow_private=allow_private,
    )
    instance_rules.require_open(provider, instance.url, allow_private=allow_private)
    instance.seal_client_secrets(_unique(client_secrets), keys.current_key(principal.organization_id))
    with unless_taken(InstanceTaken(instance.url)), transaction.atomic():
        instance.save(force_insert=True)
        _require_same_client(provider, instance, before="")
        _retry_soon(instance)
        _record(Event.CREATE_APP_CONNECTION_INSTANCE, principal, instance, **_facts(instance))
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
        instance = _locked(principal, provider, instance_id)
        client_before = instance.client_id
        changed = _apply(provider, instance, changes, key)
        if changed:
            _require_same_client(provider, instance, before=client_before)
            instance.save()
            _retry_soon(instance)
            _record(Event.UPDATE_APP_CONNECTION_INSTANCE, principal, instance, changed=changed, **_facts(instance))
    return instance


def remove(principal: Principal, provider: Provider, *, instance_id: uuid.UUID) -> Instance:
    """Delete an instance that no OAuth connection uses; returns what it was.

    Raises InstanceNotFound, InstanceInUse, PermissionDenied.
    """
    require_organization(principal, Permission.INSTANCES_EDIT)
    with transaction.atomic():
        instance = _locked(principal, provider, instance_id)
        if using := _oauth_connections(instance):
            raise InstanceInUse(instance.url, len(using), INSTANCE_STAYS)
        _record(Event.DELETE_APP_CONNECTION_INSTANCE, principal, instance, url=instance.url)
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
        if url := _address_of(provider, public):
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


def _locked(principal: Principal, provider: Provider, instance_id: uuid.UUID) -> Instance:
    """Return the row, locked until the transaction ends."""
    rows = _of_organization(principal, provider).select_for_update(of=("self",)).select_related("data_key")
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
    client_secrets = _new_secrets(instance, changes)
    for name in differing:
        setattr(instance, name, given[name])
    changed = [WIRE_NAMES[name] for name in differing]
    if client_secrets is None:
        return changed
    instance.seal_client_secrets(client_secrets, key)
    return [*changed, "clientSecrets"]


def _new_secrets(instance: Instance, changes: Mapping[str, Any]) -> list[str] | None:
    """Return the client's secrets as they will be; None when they stay. Raises InstanceRefused."""
    client_id = changes.get("client_id", instance.client_id)
    replacing, added = changes.get("client_secrets"), changes.get("add_client_secret")
    if replacing and added:
        raise InstanceRefused(ONE_OF_TWO)
    if not client_id:
        if replacing or added:
            raise InstanceRefused(TOGETHER)
        return [] if instance.client_id else None
    if replacing:
        return _unique(replacing)
    if client_id != instance.client_id:
        raise InstanceRefused(SECRETS_OF_ITS_OWN)
    if not added:
        return None
    held = instance.open_client_secrets()
    return None if held[:1] == [added] else _unique([added, *held])[:MOST_SECRETS]


def _unique(client_secrets: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(client_secrets))


def _require_same_client(provider: Provider, instance: Instance, *, before: str) -> None:
    """Refuse to put another client where OAuth connections have grants of the present one; raises InstanceInUse.

    `before` is the instance's own client id; without one, that of the environment counts, as long as there is one.
    """
    configured = configured_client(provider, instance.url)
    default = configured.id if configured else ""
    present = before or default
    if not present or (instance.client_id or default) == present:
        return
    if using := _oauth_connections(instance):
        raise InstanceInUse(instance.url, len(using), CLIENT_STAYS)


def _oauth_connections(instance: Instance, **only: Any) -> list[uuid.UUID]:
    """Return the ids of the organization's OAuth connections at the instance's address, however that is spelled."""
    provider = PROVIDERS[instance.app]
    methods = [method.name for method in provider.methods.values() if method.oauth]
    rows = AppConnection.objects.filter(
        organization_id=instance.organization_id, app=instance.app, method__in=methods, **only
    )
    found = rows.values_list("id", "public").iterator()
    return [one for one, public in found if _address_of(provider, public) == instance.url]


def _address_of(provider: Provider, public: Credentials) -> str | None:
    try:
        return normal_url(provider.server_url(public, provider.client_variables.default_url))
    except AddressRefused:
        return None


def _retry_soon(instance: Instance) -> None:
    """Let refreshes that were put off be tried at once: what was in their way may be gone."""
    waiting = _oauth_connections(instance, refresh_not_before__isnull=False)
    for start in range(0, len(waiting), AT_ONCE):
        rows = AppConnection.objects.filter(id__in=waiting[start : start + AT_ONCE])
        rows.update(refresh_not_before=None)


def _facts(instance: Instance) -> dict[str, Any]:
    return {
        "url": instance.url,
        "clientId": instance.client_id or None,
        "clientSecretCount": instance.client_secret_count,
        "allowPrivate": instance.allow_private,
    }


def _record(event: Event, principal: Principal, instance: Instance, **metadata: Any) -> None:
    log.record(
        event,
        actor=principal.actor,
        organization_id=instance.organization_id,
        about=Subject(instance.id, instance.url),
        instanceId=str(instance.id),
        app=instance.app,
        **metadata,
    )
