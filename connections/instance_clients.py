"""Our clients at registered instances: how they are put there and changed, and which connections depend on them.

A connection's grant belongs to the client that got it: at its address that client must stay what it is.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connections.errors import InstanceInUse, InstanceRefused
from connections.models import AppConnection, Client, ClientSecrets, DataKey, Instance
from connections.providers import PROVIDERS
from connections.providers.base import Credentials, Provider
from connections.providers.clients import ClientKind, Made
from connections.providers.errors import AddressRefused
from connections.providers.http import normal_url
from connections.servers import configured_client

MOST_SECRETS = 5
AT_ONCE = 500
TOGETHER = "clientId and clientSecrets go together: give both, or neither."
SECRETS_OF_ITS_OWN = "clientId: a new client has secrets of its own. Give clientSecrets with it."
ONE_OF_TWO = "Give clientSecrets, which replaces them all, or addClientSecret, not both."
CLIENT_STAYS = "Delete what was made with the {title} that is there now before that changes."


@dataclass(frozen=True, slots=True)
class Asked:
    """A client as it is to be: its id (empty: none), and its secrets, None where they stay."""

    client_id: str
    secrets: Sequence[str] | None


def asked_of(client: Client | None, changes: Mapping[str, Any]) -> Asked:
    """Return the client as the changes want it; raises InstanceRefused, Unsealable."""
    present = client.client_id if client else ""
    client_id = changes.get("client_id", present)
    return Asked(client_id, _secrets(client, client_id, changes))


def _secrets(client: Client | None, client_id: str, changes: Mapping[str, Any]) -> Sequence[str] | None:
    replacing, added = changes.get("client_secrets"), changes.get("add_client_secret")
    if replacing and added:
        raise InstanceRefused(ONE_OF_TWO)
    if not client_id:
        if replacing or added:
            raise InstanceRefused(TOGETHER)
        return [] if client else None
    if replacing:
        return unique(replacing)
    if client is None or client_id != client.client_id:
        raise InstanceRefused(SECRETS_OF_ITS_OWN)
    if not added:
        return None
    held = client.open().secrets
    return None if list(held[:1]) == [added] else in_front(held, added)


def in_front(secrets: Sequence[str], added: str) -> list[str]:
    """Return the secrets with another one that is tried first, as many as are kept; an empty one adds nothing."""
    return unique([added, *secrets])[:MOST_SECRETS] if added else list(secrets)


def unique(secrets: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(secrets))


def put(instance: Instance, kind: ClientKind, asked: Asked, key: DataKey) -> None:
    """Store a client, or its end, as it was asked for."""
    client = instance.client(kind.name)
    if client and not asked.client_id:
        client.delete()
    elif asked.secrets:
        client = client or Client(instance=instance, kind=kind.name)
        client.client_id = asked.client_id
        client.seal(ClientSecrets(asked.secrets), key)
        client.save()


def put_made(instance: Instance, kind: ClientKind, made: Made, key: DataKey) -> None:
    """Store a client that the server made for us, in the place of the one of its kind, if there is one."""
    client = instance.client(kind.name) or Client(instance=instance, kind=kind.name)
    client.client_id = made.client.id
    client.details = {**made.client.details, "page": made.page}
    client.seal(ClientSecrets(made.client.secrets, made.client.private_keys, made.other_secrets), key)
    client.save()


def require_same(provider: Provider, kind: ClientKind, instance: Instance, *, before: str) -> None:
    """Refuse to put another client where connections have grants of the present one; raises InstanceInUse.

    `before` is the id of the instance's own; without one, the environment's counts, as long as there is one.
    """
    configured = configured_client(provider, kind, instance.url)
    default = configured.id if configured else ""
    own = instance.client(kind.name)
    present = before or default
    if present and (own.client_id if own else default) != present:
        require_free(kind, instance)


def require_free(kind: ClientKind, instance: Instance) -> None:
    """Refuse to take a client away that connections have grants of; raises InstanceInUse."""
    if using := connections_by(kind, instance):
        raise InstanceInUse(instance.url, len(using), CLIENT_STAYS.format(title=kind.title))


def dependents(instance: Instance) -> list[uuid.UUID]:
    """Return the ids of the organization's connections at the instance that have a grant of any of our clients."""
    kinds = PROVIDERS[instance.app].clients.values()
    return [one for kind in kinds for one in connections_by(kind, instance)]


def connections_by(kind: ClientKind, instance: Instance, **only: Any) -> list[uuid.UUID]:
    """Return the ids of those that have a grant of this kind of client, however the address is spelled."""
    provider = PROVIDERS[instance.app]
    methods = [name for name, method in provider.methods.items() if provider.client_of(method) is kind]
    rows = AppConnection.objects.filter(
        organization_id=instance.organization_id, app=instance.app, method__in=methods, **only
    )
    found = rows.values_list("id", "public").iterator()
    return [one for one, public in found if address_of(provider, public) == instance.url]


def address_of(provider: Provider, public: Credentials) -> str | None:
    """Return the address that public credentials are for, in normal form; None for what is no address."""
    try:
        return normal_url(provider.server_url(public, provider.default_url))
    except AddressRefused:
        return None


def retry_soon(instance: Instance) -> None:
    """Let refreshes that were put off be tried at once: what was in their way may be gone."""
    kinds = PROVIDERS[instance.app].clients.values()
    waiting = [one for kind in kinds for one in connections_by(kind, instance, refresh_not_before__isnull=False)]
    for start in range(0, len(waiting), AT_ONCE):
        rows = AppConnection.objects.filter(id__in=waiting[start : start + AT_ONCE])
        rows.update(refresh_not_before=None)
