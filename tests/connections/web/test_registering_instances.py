"""An instance is registered on a page, and what cannot work is said at its field."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import AuditEvent
from connections.models import Instance
from tests.clients import Api
from tests.connections import oauth
from tests.connections.instances.requests import register
from tests.oauth.people import text
from tests.people import send

if TYPE_CHECKING:
    pass

from tests.connections.web.instances import NEW, URL, error_at, page_of

pytestmark = pytest.mark.django_db


def test_registering_leads_to_the_instance_and_says_what_comes_next(ann: Client) -> None:
    answer = send(ann, NEW, {"instanceUrl": "https://GitLab.Example.com:443/"})
    made = Instance.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(made))
    assert (made.url, made.clients.count(), made.allow_private) == (URL, 0, False)
    page = text(ann.get(answer["Location"]))
    assert f"{URL} is registered. Next, create its OAuth application." in page
    assert f"{oauth.CALLBACK}/{made.id}" in page
    assert AuditEvent.objects.filter(type="create-app-connection-instance").count() == 1


def test_each_app_is_told_of_in_its_own_words(ann: Client) -> None:
    address = {"instanceUrl": "https://github.example.com"}
    page = text(ann.get(send(ann, "/organization/instances/github/new", address)["Location"]))
    assert "is registered. Next, create its GitHub App." in page
    assert "Developer settings, OAuth apps, New OAuth app" in page
    assert "Save OAuth app" in page
    assert "confidential" not in page
    gitlab = text(ann.get(send(ann, NEW, {"instanceUrl": URL})["Location"]))
    assert "leave it confidential" in gitlab
    assert "GitHub" not in gitlab


def test_certificates_come_as_text_or_as_a_file(ann: Client, ca_pem: str) -> None:
    send(ann, NEW, {"instanceUrl": URL, "caCertificates": ca_pem})
    upload: Any = SimpleUploadedFile("ca.pem", ca_pem.encode())
    send(ann, NEW, {"instanceUrl": f"{URL}/git", "caFile": upload, "caCertificates": "not this"})
    assert [made.ca_pem for made in Instance.objects.all()] == [ca_pem] * 2


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"instanceUrl": ""}, "instanceUrl", "Give the address"),
        ({"instanceUrl": "gitlab.example.com"}, "instanceUrl", ""),
        ({"instanceUrl": "ftp://gitlab.example.com"}, "instanceUrl", ""),
        ({"instanceUrl": "javascript:alert(1)"}, "instanceUrl", ""),
        ({"instanceUrl": f"{URL}?a=b"}, "instanceUrl", ""),
        ({"instanceUrl": "https://10.1.2.3"}, "instanceUrl", "Local IPs not allowed as URL"),
        ({"instanceUrl": "https://127.0.0.1:9"}, "instanceUrl", "register it with “Allow a private address”."),
        ({"instanceUrl": f"{URL}/{'x' * 250}"}, "instanceUrl", "at most 255 characters"),
        ({"instanceUrl": "https://ann:pass@gitlab.example.com"}, "instanceUrl", "URLs with user credentials"),
        ({"instanceUrl": "\0"}, "instanceUrl", "Null characters"),
        ({"caCertificates": "our CA"}, "caCertificates", "It holds no PEM certificate"),
        ({"caCertificates": "-----BEGIN RSA PRIVATE KEY-----"}, "caCertificates", "It holds a private key."),
        ({"caCertificates": "x" * 65_537}, "caCertificates", "At most 65,536 characters"),
        ({"caFile": SimpleUploadedFile("ca.der", b"\xff\xfe\x00")}, "caFile", "This is not a PEM file"),
        ({"caFile": SimpleUploadedFile("ca.pem", b"x" * 65_537)}, "caFile", "At most 65,536 characters"),
        ({"caFile": SimpleUploadedFile("ca.pem", b"no PEM")}, "caCertificates", "It holds no PEM certificate"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_cannot_work_is_said_at_its_field(ann: Client, fields: dict[str, Any], field: str, said: str) -> None:
    answer = send(ann, NEW, {"instanceUrl": URL, **fields})
    assert said in error_at(answer, field)
    assert not Instance.objects.exists()
    assert not re.search("instanceUrl|allowPrivate|caCertificates", error_at(answer, field))


def test_what_was_entered_is_kept_when_it_is_refused(ann: Client) -> None:
    answer = send(ann, NEW, {"instanceUrl": '"><script>alert(1)</script>', "allowPrivate": "on"})
    page = answer.content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert re.search(r'name="allowPrivate"[^>]*checked', page)


def test_private_addresses_that_the_operator_closes_are_refused_at_their_box(ann: Client, settings: Any) -> None:
    settings.ALLOWED_INTERNAL_HOSTS = []
    answer = send(ann, NEW, {"instanceUrl": URL, "allowPrivate": "on"})
    assert "The operator opens no private address to gitlab.example.com" in error_at(answer, "allowPrivate")


def test_an_address_that_is_registered_already_is_said_at_the_address(ann: Client, admin: Api) -> None:
    register(admin)
    answer = send(ann, NEW, {"instanceUrl": URL})
    assert "is already registered" in error_at(answer, "instanceUrl")
