"""Changing and deleting an instance breaks nothing that uses it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections.models import AppConnection, Client, Instance
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections import oauth
from tests.connections.instances.requests import INSTANCES, application_at, connect, register, register_with_client
from tests.connections.requests import GITLAB, create

pytestmark = pytest.mark.django_db

CLIENT: dict[str, Any] = {"clientId": "id-1", "clientSecrets": ["first"]}


def change(api: Api, instance: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = api.patch(f"{INSTANCES}/{instance['id']}", changes)
    assert answer.status_code == 200, answer.content
    changed: dict[str, Any] = answer.json()["instance"]
    return changed


def refused(api: Api, instance: dict[str, Any], **changes: Any) -> str:
    before = Instance.objects.values().get(pk=instance["id"])
    answer = api.patch(f"{INSTANCES}/{instance['id']}", changes)
    assert answer.status_code == 400, answer.content
    assert Instance.objects.values().get(pk=instance["id"]) == before
    message: str = answer.json()["message"]
    return message


def secrets_of(instance: dict[str, Any]) -> list[str]:
    held = Client.objects.filter(instance_id=instance["id"]).first()
    return list(held.open().secrets) if held else []


# Client secrets


def test_a_secret_is_added_in_front_and_the_old_ones_remain(admin: Api) -> None:
    made = register(admin, **CLIENT)
    assert change(admin, made, addClientSecret="second")["clientSecretCount"] == 2
    assert secrets_of(made) == ["second", "first"]


def test_adding_the_same_secret_again_changes_nothing(admin: Api) -> None:
    made = register(admin, **CLIENT)
    first = change(admin, made, addClientSecret="second")
    assert change(admin, made, addClientSecret="second") == first
    assert change(admin, made, addClientSecret="first")["clientSecretCount"] == 2
    assert secrets_of(made) == ["first", "second"]


def test_of_more_than_five_secrets_the_oldest_goes(admin: Api) -> None:
    made = register(admin, **CLIENT)
    for number in range(6):
        change(admin, made, addClientSecret=f"s-{number}")
    assert secrets_of(made) == ["s-5", "s-4", "s-3", "s-2", "s-1"]


def test_a_list_of_secrets_replaces_them_all(admin: Api) -> None:
    made = register(admin, **CLIENT)
    assert change(admin, made, clientSecrets=["third", "second"])["clientSecretCount"] == 2
    assert secrets_of(made) == ["third", "second"]


def test_secrets_stay_when_something_else_changes(admin: Api) -> None:
    made = register(admin, "https://127.0.0.1:9", **CLIENT, allowPrivate=True)
    change(admin, made, clientId="id-1", instanceUrl="https://127.0.0.1:9/", allowPrivate=True, unknown=7)
    assert secrets_of(made) == ["first"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"clientSecrets": ["a"], "addClientSecret": "b"}, "or addClientSecret, not both"),
        ({"clientId": "id-2"}, "a new client has secrets of its own"),
        ({"clientId": "id-2", "addClientSecret": "a"}, "a new client has secrets of its own"),
        ({"clientId": None, "clientSecrets": ["a"]}, "clientId and clientSecrets go together"),
        ({"clientId": "", "addClientSecret": "a"}, "clientId and clientSecrets go together"),
        ({"instanceUrl": "https://elsewhere.example.com"}, "the address of an instance does not change"),
        ({"caCertificates": "our CA"}, "it holds no PEM certificate"),
    ],
    ids=str,
)
def test_what_cannot_work_is_refused_with_its_cause(admin: Api, changes: dict[str, Any], said: str) -> None:
    assert said in refused(admin, register(admin, **CLIENT), **changes)


def test_private_addresses_are_not_promised_where_the_operator_opens_none(admin: Api, settings: Any) -> None:
    made, opened = register(admin), register(admin, "https://127.0.0.1:9", allowPrivate=True)
    settings.ALLOWED_INTERNAL_HOSTS = []
    assert "the operator opens no private address" in refused(admin, made, allowPrivate=True)
    change(admin, opened, allowPrivate=True, **CLIENT)
    assert "Local IPs not allowed as URL" in refused(admin, opened, allowPrivate=False)


def test_a_secret_needs_a_client(admin: Api) -> None:
    assert "clientId and clientSecrets go together" in refused(admin, register(admin), addClientSecret="a")


# The client


def test_a_client_that_nobody_uses_can_be_replaced_and_removed(admin: Api) -> None:
    made = register(admin, **CLIENT)
    replaced = change(admin, made, clientId="id-2", clientSecrets=["second"])
    assert (replaced["clientId"], replaced["clientSecretCount"]) == ("id-2", 1)
    removed = change(admin, made, clientId=None)
    assert (removed["clientId"], removed["clientSecretCount"]) == (None, 0)
    assert secrets_of(made) == []


@pytest.mark.parametrize("client", [{"clientId": "id-2", "clientSecrets": ["a"]}, {"clientId": None}], ids=str)
def test_a_client_stays_while_oauth_connections_have_its_grants(
    admin: Api, gitlab: Sandbox, client: dict[str, Any]
) -> None:
    application = application_at(gitlab)
    made = register_with_client(admin, gitlab, application)
    connect(admin, gitlab, application, name="one")
    connect(admin, gitlab, application, name="two", url=f"{gitlab.url.upper().replace('HTTP', 'http')}/")
    assert refused(admin, made, **client).startswith(f"2 connections depend on {gitlab.url}. ")
    for connection in AppConnection.objects.all():
        admin.delete(f"{GITLAB}/{connection.id}")
    change(admin, made, **client)


# Deleting


def test_an_instance_is_deleted_with_its_secrets(admin: Api) -> None:
    made = register(admin, **CLIENT)
    assert admin.delete(f"{INSTANCES}/{made['id']}").json() == {"instance": made}
    assert not Instance.objects.exists()
    assert admin.get(f"{INSTANCES}/{made['id']}").status_code == 404


def test_an_instance_stays_while_oauth_connections_use_it(admin: Api, gitlab: Sandbox) -> None:
    application = application_at(gitlab)
    made = register_with_client(admin, gitlab, application)
    one = connect(admin, gitlab, application)["id"]
    answer = admin.delete(f"{INSTANCES}/{made['id']}")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"1 connection depends on {gitlab.url}. ")
    admin.delete(f"{GITLAB}/{one}")
    assert admin.delete(f"{INSTANCES}/{made['id']}").status_code == 200


def test_connections_by_token_do_not_keep_an_instance(admin: Api, gitlab: Sandbox) -> None:
    made = register(admin, gitlab.url, allowPrivate=True)
    create(admin, gitlab)
    assert admin.delete(f"{INSTANCES}/{made['id']}").status_code == 200


# Refreshes that were put off


def test_a_change_lets_refreshes_that_were_put_off_be_tried_at_once(
    admin: Api, gitlab: Sandbox, settings: Any
) -> None:
    application = application_at(gitlab)
    made = register_with_client(admin, gitlab, application)
    connect(admin, gitlab, application, name="here")
    with Sandbox() as elsewhere:
        connect(admin, elsewhere, oauth.configure(settings, elsewhere), name="elsewhere")
    AppConnection.objects.update(refresh_not_before=timezone.now() + timedelta(hours=1))
    change(admin, made, allowPrivate=True)
    assert put_off() == ["elsewhere", "here"], "nothing changed"
    change(admin, made, addClientSecret="renewed")
    assert put_off() == ["elsewhere"]


def put_off() -> list[str]:
    waiting = AppConnection.objects.exclude(refresh_not_before=None).order_by("name")
    return list(waiting.values_list("name", flat=True))
