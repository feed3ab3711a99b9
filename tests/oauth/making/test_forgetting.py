"""A client can be forgotten here, unless connections depend on it; at the server it stays."""

import pytest

from audit.models import AuditEvent
from connections.models import Client
from organizations.services import create_organization
from tests.oauth.making.steps import depend_on, known_there
from tests.oauth.people import Person, person, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(ann: Person) -> str:
    return f"/organization/instances/github/{known_there(ann).id}"


def test_it_is_asked_first_and_recorded(ann: Person, page: str) -> None:
    asked = text(ann.browser.get(f"{page}/clients/app/forget"))
    assert "Forget the GitHub App of https://github.com?" in asked
    assert "Iv1.present" in asked
    answer = ann.browser.post(f"{page}/clients/app/forget")
    assert answer["Location"] == page
    shown = text(ann.browser.get(page))
    assert "The GitHub App of https://github.com is forgotten." in shown
    assert "Create GitHub App" in shown
    assert "Forget it" not in shown
    event = AuditEvent.objects.get(type="delete-app-connection-client")
    assert (event.metadata["kind"], event.metadata["clientId"]) == ("app", "Iv1.present")
    assert ann.browser.post(f"{page}/clients/app/forget").status_code == 404


def test_connections_keep_it(ann: Person, page: str) -> None:
    depend_on(Client.objects.get().instance)
    answer = ann.browser.post(f"{page}/clients/app/forget")
    assert answer.status_code == 422
    assert "1 connection depends on https://github.com" in text(answer)
    assert Client.objects.count() == 1
    assert not AuditEvent.objects.filter(type="delete-app-connection-client").exists()


@pytest.mark.parametrize("kind", ["oauth", "x"])
def test_what_is_not_there_cannot_be_forgotten(ann: Person, page: str, kind: str) -> None:
    assert ann.browser.get(f"{page}/clients/{kind}/forget").status_code == 404
    assert ann.browser.post(f"{page}/clients/{kind}/forget").status_code == 404


def test_only_admins_of_its_organization_forget_it(ann: Person, page: str) -> None:
    bob = person(email="bob@example.com", role="member")
    eve = person(email="eve@example.com", organization=create_organization(name="Out"))
    assert bob.browser.post(f"{page}/clients/app/forget").status_code == 403
    assert eve.browser.post(f"{page}/clients/app/forget").status_code == 404
    assert Client.objects.count() == 1
    assert "Forget it" not in text(bob.browser.get(page))
