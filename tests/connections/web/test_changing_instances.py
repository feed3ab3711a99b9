"""An instance gets another client or another network, and no secret comes back."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from audit.models import AuditEvent
from connections.models import Client as RegisteredClient
from connections.models import Instance
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.instances.requests import application_at, connect, register, register_with_client
from tests.oauth.people import text

if TYPE_CHECKING:
    pass

from tests.connections.web.instances import SECRET, URL, change, error_at, no_secret_in, page_of

pytestmark = pytest.mark.django_db


def secrets() -> list[str]:
    held = client()
    return list(held.open().secrets) if held else []


def client() -> RegisteredClient | None:
    return RegisteredClient.objects.first()


def test_a_client_comes_with_its_secrets_and_goes_with_them(ann: Client, admin: Api) -> None:
    made = register(admin)
    answer = change(ann, made, "client", clientId=" id-1 ", clientSecrets=f"{SECRET}\r\n\r\n second \r\n")
    assert (answer.status_code, answer["Location"]) == (302, page_of(made))
    assert secrets() == [SECRET, "second"]
    page = ann.get(page_of(made))
    assert f"{URL} is changed." in text(page)
    no_secret_in(page)
    change(ann, made, "client", clientId="id-1", addClientSecret="newest", clientSecrets="")
    assert secrets() == ["newest", SECRET, "second"]
    change(ann, made, "client", clientId="id-1", clientSecrets="only")
    assert secrets() == ["only"]
    change(ann, made, "client", clientId="id-1")
    assert secrets() == ["only"]
    change(ann, made, "client", clientId="")
    assert client() is None
    assert SECRET not in str(list(AuditEvent.objects.values_list("metadata", flat=True)))


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"clientId": "id-2"}, "clientId", "A new client has secrets of its own."),
        ({"clientId": "", "addClientSecret": SECRET}, "clientId", "Give the client ID that the secrets belong to."),
        ({"clientId": "", "clientSecrets": SECRET}, "clientId", "Give the client ID that the secrets belong to."),
        ({"addClientSecret": SECRET, "clientSecrets": SECRET}, "clientSecrets", "Add a secret or replace them all"),
        ({"clientSecrets": "\n".join("abcdef")}, "clientSecrets", "At most 5 secrets"),
        ({"clientSecrets": f"{SECRET}ü"}, "clientSecrets", "Only letters, digits and signs of ASCII"),
        ({"clientSecrets": SECRET * 100}, "clientSecrets", "at most 1024 characters"),
        ({"addClientSecret": f"{SECRET}\u20ac"}, "addClientSecret", "Only letters, digits and signs of ASCII"),
        ({"addClientSecret": SECRET * 100}, "addClientSecret", "at most 1024 characters"),
        ({"clientId": "ü", "clientSecrets": SECRET}, "clientId", "Only letters, digits and signs of ASCII"),
        ({"clientId": "x" * 256, "clientSecrets": SECRET}, "clientId", "at most 255 characters"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_refused_client_is_said_at_its_field_and_no_secret_comes_back(
    ann: Client, admin: Api, fields: dict[str, Any], field: str, said: str
) -> None:
    made = register(admin, clientId="id-1", clientSecrets=["first"])
    answer = change(ann, made, "client", **{"clientId": "id-1", **fields})
    assert said in error_at(answer, field)
    assert not re.search("clientSecrets|clientId", error_at(answer, field))
    no_secret_in(answer)
    assert secrets() == ["first"]


def test_the_first_client_needs_a_secret(ann: Client, admin: Api) -> None:
    made = register(admin)
    assert "Give the client's secret." in error_at(change(ann, made, "client", clientId="id-1"), "clientSecrets")


def test_a_client_that_connections_depend_on_stays(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    application = application_at(gitlab)
    made = register_with_client(admin, gitlab, application)
    connect(admin, gitlab, application)
    answer = change(ann, made, "client", clientId="other", clientSecrets=SECRET)
    assert "1 connection depends on" in error_at(answer, "clientId")
    no_secret_in(answer)
    kept = client()
    assert kept is not None
    assert kept.client_id == application.client_id


def test_the_network_is_changed_and_a_closed_address_refused(ann: Client, admin: Api, ca_pem: str) -> None:
    made = register(admin)
    change(ann, made, "network", allowPrivate="on", caCertificates=ca_pem)
    stored = Instance.objects.get()
    assert (stored.allow_private, stored.ca_pem) == (True, ca_pem)
    page = ann.get(page_of(made)).content.decode()
    assert ca_pem.splitlines()[1] in page
    change(ann, made, "network", caCertificates="")
    stored = Instance.objects.get()
    assert (stored.allow_private, stored.ca_pem) == (False, "")
    assert "It holds no PEM certificate" in error_at(
        change(ann, made, "network", caCertificates="x"), "caCertificates"
    )


def test_changes_are_only_posted(ann: Client, admin: Api) -> None:
    made = register(admin)
    assert ann.get(f"{page_of(made)}/client").status_code == 405
    assert ann.get(f"{page_of(made)}/network").status_code == 405


def test_a_file_that_is_cut_off_on_its_way_takes_nothing_away(ann: Client, admin: Api, ca_pem: str) -> None:
    made = register(admin, caCertificates=ca_pem)
    ann.get(page_of(made))
    fields = {
        "csrfmiddlewaretoken": ann.cookies["csrftoken"].value,
        "caFile": SimpleUploadedFile("ca.pem", b"x" * (3 * settings.MAX_BODY_BYTES)),
    }
    cut = encode_multipart(BOUNDARY, fields)[: settings.MAX_BODY_BYTES + 1]  # as wire.bodies does
    answer = ann.generic("POST", f"{page_of(made)}/network", cut, content_type=MULTIPART_CONTENT)
    assert answer.status_code == 413
    assert "larger than 1 MiB" in text(answer)
    assert "no-store" in answer["Cache-Control"]
    assert "default-src" in answer["Content-Security-Policy"]
    assert "BEGIN CERTIFICATE" in Instance.objects.get().ca_pem
