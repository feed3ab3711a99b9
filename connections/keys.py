"""The life of data keys: made with the first connection, re-wrapped when the root key changes, replaced at will.

Every step is one conditional UPDATE of one row: what is interrupted goes on where it stopped, and the service
keeps running meanwhile.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from connections import vault
from connections.errors import Unsealable
from connections.models import AppConnection, Client, DataKey


def current_key(organization_id: uuid.UUID) -> DataKey:
    """Return the organization's data key, made now if there is none."""
    return _current(organization_id) or _make(organization_id)


def _current(organization_id: uuid.UUID) -> DataKey | None:
    return DataKey.objects.filter(organization_id=organization_id, is_current=True).first()


def _make(organization_id: uuid.UUID) -> DataKey:
    key = DataKey(organization_id=organization_id)
    key.wrap(vault.new_material())
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:  # somebody else made it at the same moment
        return DataKey.objects.get(organization_id=organization_id, is_current=True)
    return key


def unknown_root_keys() -> dict[str, int]:
    """Return the ids of root keys that wrap data keys but are not in the settings, with how many they wrap."""
    at_hand = {key.id for key in vault.root_keys()}
    counts: dict[str, int] = {}
    for wrapped in DataKey.objects.values_list("wrapped", flat=True).iterator():
        key_id = vault.key_id_of(wrapped)
        if key_id not in at_hand:
            counts[key_id] = counts.get(key_id, 0) + 1
    return counts


@dataclass
class Outcome:
    """What a run over many rows came to: how many it changed, and which do not open."""

    changed: int = 0
    clients: int = 0
    unsealable: list[str] = field(default_factory=list)


def rewrap() -> Outcome:
    """Wrap every data key with the first root key. A key that does not open is named, and the rest go on."""
    first = vault.root_keys()[0]
    outcome = Outcome()
    for key in DataKey.objects.order_by("id").iterator():
        if vault.key_id_of(key.wrapped) != first.id:
            before = key.wrapped
            try:
                key.wrap(key.unwrap().material)
            except Unsealable:
                outcome.unsealable.append(f"data key {key.id}")
                continue
            outcome.changed += DataKey.objects.filter(pk=key.pk, wrapped=before).update(wrapped=key.wrapped)
    return outcome


def replace(organization_id: uuid.UUID) -> DataKey:
    """Give the organization a new data key; what is sealed with the old one still opens."""
    with transaction.atomic():
        DataKey.objects.filter(organization_id=organization_id, is_current=True).update(is_current=False)
        return _make(organization_id)


def reseal() -> Outcome:
    """Seal every connection, and every instance's clients, with their organization's current data key.

    One that does not open is named.
    """
    outcome = Outcome()
    clients = Client.objects.filter(data_key__is_current=False).select_related("data_key", "instance")
    for client in clients.order_by("id"):
        try:
            outcome.clients += _reseal_client(client)
        except Unsealable:
            outcome.unsealable.append(f"the {client.kind} client of instance {client.instance_id}")
    for connection in _sealed_with_old_keys():
        try:
            outcome.changed += _reseal(connection)
        except Unsealable:
            outcome.unsealable.append(f"connection {connection.id}")
    return outcome


def _sealed_with_old_keys() -> Iterator[AppConnection]:
    stale = AppConnection.objects.filter(data_key__is_current=False).order_by("id")
    yield from stale.select_related("data_key").iterator()


def _reseal(connection: AppConnection) -> int:
    before, digest = connection.sealed_credentials, connection.credentials_hash
    connection.seal(connection.open_credentials(), current_key(connection.organization_id))
    return AppConnection.objects.filter(pk=connection.pk, sealed_credentials=before).update(
        sealed_credentials=connection.sealed_credentials,
        data_key=connection.data_key,
        credentials_hash=digest,
    )


def _reseal_client(client: Client) -> int:
    before = client.sealed_secrets
    client.seal(client.open(), current_key(client.instance.organization_id))
    return Client.objects.filter(pk=client.pk, sealed_secrets=before).update(
        sealed_secrets=client.sealed_secrets, data_key=client.data_key
    )
