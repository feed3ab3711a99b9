"""Migration 0005: the OAuth client of an instance of before becomes a row of its own, and its secrets open."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython

from connections import keys, vault
from connections.models import CLIENT_SECRETS, Client, Instance
from tests.clients import the_organization

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = ("connections", "0004_checks"), ("connections", "0005_clients")


def undone(monkeypatch: pytest.MonkeyPatch) -> MigrationExecutor:
    """Return what can go back to the schema of before. Nothing is carried back: there are no rows yet."""
    executor = MigrationExecutor(connection)
    for operation in executor.loader.graph.nodes[AFTER].operations:
        if isinstance(operation, RunPython):
            monkeypatch.setattr(operation, "reverse_code", RunPython.noop)
    return executor


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The models of before, on their schema; afterwards it is the newest again."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    undone(monkeypatch).migrate([BEFORE])
    yield MigrationExecutor(connection).loader.project_state([BEFORE]).apps
    MigrationExecutor(connection).migrate(newest)


def test_a_client_and_its_secrets_are_taken_over(before: Any) -> None:
    organization = the_organization()
    key = keys.current_key(organization.id)
    old = before.get_model("connections", "Instance")
    known = old(organization_id=organization.id, app="gitlab", url="https://gitlab.example.com")
    place = vault.Place(organization.id, known.id, CLIENT_SECRETS)
    known.client_id, known.client_secret_count, known.data_key_id = "1f0e2d3c", 2, key.id
    known.sealed_client_secrets = vault.seal(key.unwrap(), json.dumps(["new", "old"]).encode(), place)
    known.save()
    bare = old(organization_id=organization.id, app="gitlab", url="https://bare.example.com", data_key_id=key.id)
    bare.save()
    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    client = Client.objects.select_related("instance", "data_key").get()
    assert (client.instance.id, client.kind, client.client_id) == (known.id, "oauth", "1f0e2d3c")
    assert client.secret_count == 2
    assert list(client.open().secrets) == ["new", "old"]
    assert client.open().private_keys == ()
    assert Instance.objects.get(pk=bare.id).client("oauth") is None
    client.seal(client.open(), key)
    client.save()
    assert list(Client.objects.get().open().secrets) == ["new", "old"]
