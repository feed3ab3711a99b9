"""The keys of a client are renewed over REST: what is held then, what is told of it, and what is refused."""

import base64
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from audit.models import AuditEvent
from connections.models import Client, ClientSecrets
from sandbox.github.applications import new_private_key
from tests.clients import Api, identity_with
from tests.connections.instances.requests import (
    GITHUB_INSTANCES,
    INSTANCES,
    NOBODY,
    register,
    register_with_app,
)
from tests.connections.test_secrets_never_leak import spellings, stored_bytes

pytestmark = pytest.mark.django_db

OLD_KEY, NEW_KEY = new_private_key(), new_private_key()
HELD = ClientSecrets(["first"], [OLD_KEY], {"webhookSecret": "hook"})
MARKED = "c2VjcmV0LXBsYW50ZWQtbWFya2Vy"


@pytest.fixture
def path(admin: Api) -> str:
    return f"{GITHUB_INSTANCES}/{register_with_app(admin, HELD)['id']}/clients/app"


def held() -> ClientSecrets:
    return Client.objects.get().open()


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(type="update-app-connection-client").order_by("created_at"))


# What is held then


@pytest.mark.parametrize(
    ("given", "secrets", "private_keys", "changed"),
    [
        ({"addClientSecret": "second"}, ["second", "first"], [OLD_KEY], ["clientSecrets"]),
        ({"privateKey": NEW_KEY}, ["first"], [NEW_KEY, OLD_KEY], ["privateKey"]),
        (
            {"addClientSecret": "second", "privateKey": NEW_KEY},
            ["second", "first"],
            [NEW_KEY, OLD_KEY],
            ["clientSecrets", "privateKey"],
        ),
    ],
    ids=["secret", "key", "both"],
)
def test_what_is_given_is_renewed_and_the_rest_stays(
    admin: Api, path: str, given: dict[str, str], secrets: list[str], private_keys: list[str], changed: list[str]
) -> None:
    answer = admin.patch(path, given)
    assert answer.status_code == 200, answer.content
    assert answer.json() == admin.get(path.removesuffix("/clients/app")).json()
    assert answer.json()["instance"]["clients"] == [
        {
            "kind": "app",
            "clientId": "Iv1.present",
            "clientSecretCount": len(secrets),
            "details": {"slug": "acme"},
        }
    ]
    assert held() == ClientSecrets(secrets, private_keys, HELD.others)
    [event] = events()
    assert event.metadata == {
        "instanceId": answer.json()["instance"]["id"],
        "app": "github",
        "url": "https://github.com",
        "kind": "app",
        "clientId": "Iv1.present",
        "changed": changed,
    }
    assert str(event.actor_id) == admin.identity_id


def test_of_more_than_five_secrets_the_oldest_goes(admin: Api, path: str) -> None:
    for number in range(6):
        admin.patch(path, {"addClientSecret": f"s-{number}"})
    assert held().secrets == ["s-5", "s-4", "s-3", "s-2", "s-1"]


@pytest.mark.parametrize(
    "given",
    [{}, {"addClientSecret": "first", "privateKey": OLD_KEY}, {"other": 1}],
    ids=["nothing", "present", "unknown"],
)
def test_what_is_held_already_changes_nothing(admin: Api, path: str, given: dict[str, Any]) -> None:
    before = Client.objects.values().get()
    assert admin.patch(path, given).status_code == 200
    assert Client.objects.values().get() == before
    assert events() == []


SPELLINGS: dict[str, Callable[[str], str]] = {
    "line breaks written out": lambda pem: pem.replace("\n", "\\n"),
    "line breaks lost": lambda pem: pem.replace("\n", " "),
    "Windows": lambda pem: pem.replace("\n", "\r\n"),
    "in quotes": lambda pem: f'"{pem}"',
    "in base64": lambda pem: base64.b64encode(pem.encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_key_is_read_in_any_spelling(admin: Api, path: str, spelling: str) -> None:
    assert admin.patch(path, {"privateKey": SPELLINGS[spelling](NEW_KEY)}).status_code == 200
    assert held().private_keys[0] == NEW_KEY


# What is refused


def of_rsa(bits: int) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def of_curve() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def encrypted() -> str:
    key = load_pem_private_key(NEW_KEY.encode(), password=None)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()


def public() -> str:
    key = load_pem_private_key(NEW_KEY.encode(), password=None).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


BAD_KEYS: dict[str, tuple[Callable[[], str], str]] = {
    "public": (public, "This is a public key"),
    "HTML": (lambda: f"<html><body>{MARKED}</body></html>", "This is no private key, or a damaged one"),
    "huge": (lambda: MARKED * 20_000, "This is longer than any private key"),
    "cut off": (lambda: NEW_KEY[:900], "The private key is cut off"),
    "encrypted": (encrypted, "encrypted with a passphrase"),
    "of a curve": (of_curve, "not an RSA key"),
    "short": (lambda: of_rsa(1024), "less than 2048 bits"),
    "marked": (lambda: f"-----BEGIN PRIVATE KEY-----\n{MARKED}\n-----END PRIVATE KEY-----", "damaged"),
}


@pytest.mark.parametrize("bad", BAD_KEYS)
def test_a_bad_key_is_refused_in_a_sentence_and_changes_nothing(admin: Api, path: str, bad: str) -> None:
    make, said = BAD_KEYS[bad]
    given, before = make(), Client.objects.values().get()
    answer = admin.patch(path, {"addClientSecret": "second", "privateKey": given})
    assert answer.status_code == 400, answer.content
    message = answer.json()["message"]
    assert message.startswith("privateKey: ")
    assert said in message
    assert MARKED not in message
    assert given.splitlines()[-2 if given.count("\n") > 1 else 0] not in message
    assert Client.objects.values().get() == before
    assert events() == []


def test_a_kind_without_a_private_key_takes_none(admin: Api) -> None:
    path = f"{INSTANCES}/{register(admin, clientId='id-1', clientSecrets=['first'])['id']}/clients/oauth"
    answer = admin.patch(path, {"addClientSecret": "second", "privateKey": NEW_KEY})
    assert answer.status_code == 400
    assert "has none. Leave it out." in answer.json()["message"]
    assert held().secrets == ["first"]
    assert admin.patch(path, {"addClientSecret": "second"}).json()["instance"]["clientSecretCount"] == 2


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"addClientSecret": 7}, "addClientSecret", "Expected string, received number"),
        ({"addClientSecret": None}, "addClientSecret", "Expected string, received null"),
        ({"addClientSecret": ""}, "addClientSecret", "at least 1"),
        ({"addClientSecret": "x" * 1025}, "addClientSecret", "at most 1024"),
        ({"addClientSecret": "sécret"}, "addClientSecret", "Only printable ASCII"),
        ({"privateKey": ["a key"]}, "privateKey", "Expected string, received array"),
        ({"privateKey": None}, "privateKey", "Expected string, received null"),
        ({"privateKey": " "}, "privateKey", "at least 1"),
        ({"privateKey": "\x00"}, "privateKey", "Null"),
    ],
    ids=str,
)
def test_what_has_another_shape_is_refused(
    admin: Api, path: str, given: dict[str, Any], field: str, said: str
) -> None:
    before = Client.objects.values().get()
    answer = admin.patch(path, given)
    assert answer.status_code == 422, answer.content
    [issue] = answer.json()["message"]
    assert issue["path"] == [field]
    assert said in issue["message"]
    assert Client.objects.values().get() == before


def test_a_body_that_is_no_object_is_refused(admin: Api, path: str) -> None:
    assert admin.patch(path, [{"addClientSecret": "x"}]).status_code == 422


def test_what_is_not_there_is_not_renewed(admin: Api, path: str) -> None:
    instance = path.removesuffix("/clients/app")
    absent = {
        f"{instance}/clients/x": "GitHub has no such kind of client. Those that it has are: oauth, app.",
        f"{instance}/clients/{'<b>' * 9}": "GitHub has no such kind of client. Those that it has are: oauth, app.",
        f"{instance}/clients/oauth": "There is no OAuth app of your own at https://github.com.",
        f"{GITHUB_INSTANCES}/{NOBODY}/clients/app": f"Could not find instance with ID {NOBODY}",
        f"{path.replace('/github/', '/gitlab/').removesuffix('app')}oauth": "Could not find instance with ID",
    }
    for where, said in absent.items():
        answer = admin.patch(where, {"addClientSecret": "second"})
        assert answer.status_code == 404, where
        assert said in answer.json()["message"]
    assert admin.patch(f"{GITHUB_INSTANCES}/x/clients/app", {}).status_code == 422
    assert held() == HELD


# Where none of it turns up


@pytest.mark.django_db(transaction=True)
def test_no_key_turns_up_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    admin = identity_with(role="admin")
    instance = f"{GITHUB_INSTANCES}/{register_with_app(admin, HELD)['id']}"
    path, secret = f"{instance}/clients/app", "planted-marker-of-a-secret-Zx9"
    answers = [
        admin.patch(path, {"addClientSecret": secret, "privateKey": NEW_KEY}),
        admin.patch(path, {"addClientSecret": f"ü{secret}", "privateKey": NEW_KEY}),
        admin.patch(path, {"addClientSecret": secret, "privateKey": NEW_KEY[:900]}),
        admin.patch(f"{instance}/clients/oauth", {"addClientSecret": secret, "privateKey": NEW_KEY}),
        admin.get(instance),
    ]
    client = Client.objects.get()
    assert client.open() == ClientSecrets([secret, "first"], [NEW_KEY, OLD_KEY], HELD.others)
    places = {
        "an answer": b"".join(answer.content for answer in answers),
        "the log": "\n".join(record.getMessage() for record in caplog.records).encode(),
        "the audit log": json.dumps(list(AuditEvent.objects.values_list("metadata", flat=True))).encode(),
        "the database": stored_bytes(),
        "the object": f"{client!r} {client.open()!r} {vars(client)}".encode(),
    }
    for place, content in places.items():
        assert content, place
        for planted in (secret, NEW_KEY.splitlines()[3]):
            for spelling in spellings(planted):
                assert spelling not in content, f"{planted} is in {place}"
