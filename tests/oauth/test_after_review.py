"""What a hostile or unlucky person could try with a handshake, and what comes of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from connections.models import AppConnection, Instance
from connections.servers import operator_network, server_with_client
from oauth.models import OAuthAttempt
from sandbox.gitlab import Sandbox
from tests.clients import Api, the_organization
from tests.connections import oauth
from tests.connections.instances.requests import application_at, register_with_client
from tests.connections.requests import create
from tests.oauth.people import PAGES, Person, asked, connected, person, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_gitlab() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_a_connection_with_an_access_token_has_nothing_to_reconnect(
    ann: Person, admin: Api, gitlab: Sandbox
) -> None:
    create(admin, gitlab)
    one = AppConnection.objects.get()
    assert ann.browser.get(f"{PAGES}/new", {"connection": str(one.id)}).status_code == 400
    assert ann.reconnect(one.id).status_code == 400
    assert OAuthAttempt.objects.count() == 0


def test_a_code_of_one_server_is_sent_to_no_other(
    ann: Person, admin: Api, gitlab: Sandbox, other_gitlab: Sandbox, application: Any
) -> None:
    """RFC 9700, section 4.4: the hostile server sends the person on to the honest one, with the same state."""
    register_with_client(admin, other_gitlab, application_at(other_gitlab))
    state = asked(ann.start(instanceUrl=other_gitlab.url)["Location"])["state"]
    page = ann.browser.get(f"{PAGES}/callback", {"code": oauth.code(gitlab, application), "state": state})
    assert page.status_code == 400
    assert "You came back another way" in text(page)
    assert not [request for request in other_gitlab.requests if request.path == "/oauth/token"]


def test_a_registered_instance_is_come_back_from_by_its_own_way(
    ann: Person, admin: Api, other_gitlab: Sandbox
) -> None:
    instance = register_with_client(admin, other_gitlab, application_at(other_gitlab))
    started = ann.start(instanceUrl=other_gitlab.url)
    assert asked(started["Location"])["redirect_uri"] == instance["redirectUri"]
    assert ann.come_back(other_gitlab.approve(started["Location"])).status_code == 302
    assert AppConnection.objects.get().public == {"instanceUrl": other_gitlab.url}


def test_an_organizations_own_authority_does_not_guard_the_operators_secret(gitlab: Sandbox) -> None:
    connection = connected(person(), gitlab)
    Instance.objects.create(organization=the_organization(), app="gitlab", url=gitlab.url, ca_pem="theirs")
    server = server_with_client(connection.provider, connection.way, connection.public, connection.organization_id)
    assert server.client is not None
    assert server.network == operator_network()


def test_a_connection_that_moved_meanwhile_is_not_moved_back_unasked(ann: Person, gitlab: Sandbox) -> None:
    old = connected(ann, gitlab)
    address = gitlab.approve(ann.reconnect(old.id)["Location"])
    AppConnection.objects.update(public={"instanceUrl": "https://elsewhere.example.com"})
    page = ann.browser.get(ann.come_back(address)["Location"])
    assert f"{gitlab.url} instead of https://elsewhere.example.com" in text(page)


def test_less_than_was_asked_for_is_shown_on_reconnect_too(ann: Person, gitlab: Sandbox) -> None:
    old = connected(ann, gitlab)
    asked_for = ann.reconnect(old.id, use="secret-scanning")["Location"]
    back = ann.come_back(gitlab.approve(asked_for.replace("scope=api+read_repository", "scope=api")))
    assert "The scope read_repository is missing" in text(ann.browser.get(back["Location"]))
