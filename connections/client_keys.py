"""The keys of our clients at registered instances: renewed while connections depend on them."""

import uuid

from django.db import transaction

from audit.events import Event
from connections import instance_clients, instances, keys
from connections.errors import ClientNotFound, InstanceRefused
from connections.models import ClientSecrets, Instance
from connections.providers.base import Provider
from connections.providers.clients import ClientKind
from organizations.access import Principal, require_organization
from organizations.roles import Permission


def renew(
    principal: Principal,
    provider: Provider,
    kind: ClientKind,
    *,
    instance_id: uuid.UUID,
    add_client_secret: str = "",
    private_key: str = "",
) -> Instance:
    """Put a secret in front of the client's own, and a private key in front of its keys.

    Each is tried in turn, so that a wrong one breaks nothing. What is empty stays as it is. Refreshes that were put
    off are tried again at once.
    Raises InstanceNotFound, ClientNotFound, InstanceRefused, PermissionDenied, Unsealable.
    """
    require_organization(principal, Permission.INSTANCES_EDIT)
    read_key = _read(kind, private_key)
    key = keys.current_key(principal.organization_id)
    with transaction.atomic():
        instance = instances.locked(principal, provider, instance_id)
        client = instance.client(kind.name)
        if client is None:
            raise ClientNotFound(kind.title, instance.url)
        held = client.open()
        renewed = ClientSecrets(
            instance_clients.in_front(held.secrets, add_client_secret),
            instance_clients.in_front(held.private_keys, read_key),
            held.others,
        )
        if changed := _changed(held, renewed):
            client.seal(renewed, key)
            client.save()
            instance_clients.retry_soon(instance)
            instances.record(
                Event.UPDATE_APP_CONNECTION_CLIENT,
                principal,
                instance,
                url=instance.url,
                kind=kind.name,
                clientId=client.client_id,
                changed=changed,
            )
    return instance


def _read(kind: ClientKind, private_key: str) -> str:
    """Return the key as the kind's clients sign with it; raises InstanceRefused, which repeats nothing of it."""
    if not private_key:
        return ""
    if not kind.variables.private_key:
        raise InstanceRefused(f"privateKey: the {kind.title} has none. Leave it out.")
    try:
        return kind.variables.read_private_key(private_key)
    except ValueError as error:
        raise InstanceRefused(f"privateKey: {error}") from None


def _changed(held: ClientSecrets, renewed: ClientSecrets) -> list[str]:
    """Return the wire names of what differs."""
    differs = {
        "clientSecrets": list(renewed.secrets) != list(held.secrets),
        "privateKey": list(renewed.private_keys) != list(held.private_keys),
    }
    return [name for name, is_other in differs.items() if is_other]
