"""What an instance may be registered with, and what the answer shows of it."""

from typing import Any

import pytest

from connections.models import Client, Instance
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections import oauth
from tests.connections.instances.requests import INSTANCES, application_at, connect, refusal, register
from tests.connections.requests import issues

pytestmark = pytest.mark.django_db

CLIENT: dict[str, Any] = {"clientId": "id-1", "clientSecrets": ["secret-1"]}
OUR_OWN = "https://127.0.0.1:9"


@pytest.fixture(scope="module")
def ca_pem() -> str:
    with Sandbox(tls=True) as gitlab:
        return gitlab.ca_pem.decode()


def test_the_least_that_an_instance_has_is_its_address(admin: Api) -> None:
    made = register(admin, "https://GitLab.Example.com:443/git/")
    kept = ("instanceUrl", "clientId", "clientSecretCount", "caCertificates", "allowPrivate", "app")
    assert {name: made[name] for name in kept} == {
        "instanceUrl": "https://gitlab.example.com/git",
        "clientId": None,
        "clientSecretCount": 0,
        "caCertificates": None,
        "allowPrivate": False,
        "app": "gitlab",
    }
    assert made["redirectUri"] == f"{oauth.CALLBACK}/{made['id']}"
    assert admin.get(f"{INSTANCES}/{made['id']}").json() == {"instance": made}
    assert admin.get(INSTANCES).json() == {"instances": [made]}


def test_all_that_an_instance_can_have(admin: Api, ca_pem: str) -> None:
    made = register(
        admin,
        OUR_OWN,
        clientId="id-1",
        clientSecrets=["new", "old", "new"],
        caCertificates=ca_pem,
        allowPrivate=True,
    )
    assert (made["clientId"], made["clientSecretCount"], made["allowPrivate"]) == ("id-1", 2, True)
    assert made["caCertificates"] == ca_pem
    assert Client.objects.get().open().secrets == ["new", "old"], "in their order, each once"


def test_of_a_bundle_its_certificates_are_kept_and_nothing_else(admin: Api, ca_pem: str) -> None:
    bundle = f"# our own\nsubject=CN\r\n{ca_pem}\n\nand once more\n{ca_pem}"
    assert register(admin, caCertificates=bundle)["caCertificates"] == ca_pem * 2


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"instanceUrl": "gitlab.example.com"}, ["instanceUrl"]),
        ({"instanceUrl": "ftp://gitlab.example.com"}, ["instanceUrl"]),
        ({"instanceUrl": "https://gitlab.example.com?a=b"}, ["instanceUrl"]),
        ({"instanceUrl": None}, ["instanceUrl"]),
        ({"clientId": 7}, ["clientId"]),
        ({"clientId": "x" * 256}, ["clientId"]),
        ({"clientId": "id\n1"}, ["clientId"]),
        ({"clientSecrets": "secret"}, ["clientSecrets"]),
        ({"clientSecrets": []}, ["clientSecrets"]),
        ({"clientSecrets": [""]}, ["clientSecrets", "0"]),
        ({"clientSecrets": ["ü"]}, ["clientSecrets", "0"]),
        ({"clientSecrets": ["x" * 1025]}, ["clientSecrets", "0"]),
        ({"clientSecrets": list("abcdef")}, ["clientSecrets"]),
        ({"caCertificates": ["x"]}, ["caCertificates"]),
        ({"caCertificates": "x" * 65_537}, ["caCertificates"]),
        ({"allowPrivate": "true"}, ["allowPrivate"]),
        ({"allowPrivate": None}, ["allowPrivate"]),
    ],
    ids=str,
)
def test_a_wrong_shape_is_named_by_its_field(admin: Api, fields: dict[str, Any], path: list[str]) -> None:
    answer = admin.post(INSTANCES, {"instanceUrl": "https://gitlab.example.com", **CLIENT, **fields})
    assert answer.status_code == 422
    assert [[str(step) for step in found[1]] for found in issues(answer.json())] == [path]
    assert not Instance.objects.exists()


BROKEN = "-----BEGIN CERTIFICATE-----\nTm90aGluZw==\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"clientId": "id-1"}, "clientId and clientSecrets go together"),
        ({"clientSecrets": ["secret-1"]}, "clientId and clientSecrets go together"),
        ({"clientId": None, "clientSecrets": ["secret-1"]}, "clientId and clientSecrets go together"),
        ({"caCertificates": "our CA"}, "it holds no PEM certificate"),
        ({"caCertificates": BROKEN}, "certificate 1 cannot be read"),
        ({"caCertificates": BROKEN[:40]}, "a certificate is cut off"),
        ({"caCertificates": "-----BEGIN RSA PRIVATE KEY-----"}, "it holds a private key"),
        ({"instanceUrl": "https://gitlab.example.com/" + "x" * 230}, "longer than 255 characters"),
        ({"instanceUrl": "https://gitlab.example.com/a/../b"}, "must not hold . or .."),
        ({"instanceUrl": "https://ann:pass@gitlab.example.com"}, "URLs with user credentials"),
        (
            {"instanceUrl": "http://gitlab.example.com"},
            "http would send credentials to gitlab.example.com in clear",
        ),
        ({"instanceUrl": "https://10.1.2.3"}, "Local IPs not allowed as URL"),
        ({"instanceUrl": "https://169.254.169.254"}, "Local IPs not allowed as URL"),
        ({"instanceUrl": OUR_OWN}, "The operator allows this address: register it with allowPrivate."),
        ({"instanceUrl": "http://127.0.0.1:9"}, "The operator allows this address: register it with allowPrivate."),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_cannot_work_is_refused_with_its_cause(admin: Api, fields: dict[str, Any], said: str) -> None:
    assert said in refusal(admin, **{"url": "https://gitlab.example.com", **renamed(fields)})
    assert not Instance.objects.exists()


def renamed(fields: dict[str, Any]) -> dict[str, Any]:
    return {"url" if name == "instanceUrl" else name: value for name, value in fields.items()}


def test_the_second_certificate_of_a_bundle_is_named_when_it_is_the_broken_one(admin: Api, ca_pem: str) -> None:
    assert "certificate 2 cannot be read" in refusal(admin, caCertificates=ca_pem + BROKEN)


def test_private_addresses_are_not_promised_where_the_operator_opens_none(admin: Api, settings: Any) -> None:
    settings.ALLOWED_INTERNAL_HOSTS = []
    said = refusal(admin, allowPrivate=True)
    assert "the operator opens no private address to gitlab.example.com" in said
    assert "ALLOWED_INTERNAL_HOSTS" in said
    settings.ALLOWED_INTERNAL_HOSTS = ["10.0.0.0/8"]
    assert register(admin, allowPrivate=True)["allowPrivate"] is True


def test_an_address_is_registered_once_however_it_is_spelled(admin: Api) -> None:
    register(admin)
    said = refusal(admin, "https://GITLAB.example.com:443/")
    assert said == "The instance https://gitlab.example.com is already registered. Change it, or delete it first."
    register(admin, "https://gitlab.example.com/git")


def test_another_client_is_not_put_where_connections_have_grants_of_the_environments(
    admin: Api, gitlab: Sandbox, settings: Any
) -> None:
    application = oauth.configure(settings, gitlab)
    connect(admin, gitlab, application)
    other = application_at(gitlab)
    client = {"clientId": other.client_id, "clientSecrets": [other.client_secret]}
    said = refusal(admin, gitlab.url, allowPrivate=True, **client)
    assert said.startswith(f"1 connection depends on {gitlab.url}. Delete what was made with the OAuth application")
    assert not Instance.objects.exists()
    register(admin, gitlab.url, allowPrivate=True)
