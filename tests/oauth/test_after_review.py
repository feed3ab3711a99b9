"""What a hostile or unlucky person could try with a handshake, and what comes of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from connections.models import AppConnection, Instance
from connections.servers import operator_network, server_with_client
from oauth import attempts
from oauth.models import OAuthAttempt
from organizations.services import create_organization
from sandbox.gitlab import Sandbox
from tests.clients import Api, the_organization
from tests.connections import oauth
from tests.connections.instances.requests import application_at, register_with_client
from tests.connections.requests import create
from tests.oauth.people import PAGES, Person, asked, connected, person, reconnect, revoked, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_gitlab() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def waiting_grant() -> dict[str, Any]:
    return OAuthAttempt.objects.select_related("data_key").exclude(sealed_grant="").get().open_grant()


@pytest.mark.parametrize("use", ["secret-sync", "no such use"])
def test_a_connection_of_another_organization_does_not_exist(ann: Person, gitlab: Sandbox, use: str) -> None:
    foreign = connected(ann, gitlab, name="secret-plans")
    eve = person(email="eve@example.com", organization=create_organization(name="Elsewhere"))
    for page in (
        eve.reconnect(foreign.id, use=use),
        eve.browser.get(f"{PAGES}/new", {"connection": str(foreign.id)}),
    ):
        assert page.status_code == 404
        assert b"secret-plans" not in page.content


def test_a_member_who_may_not_read_learns_no_name(ann: Person, gitlab: Sandbox) -> None:
    known = connected(ann, gitlab, name="secret-plans")
    page = person(email="bob@example.com", role="member").reconnect(known.id, use="no such use")
    assert page.status_code == 403
    assert b"secret-plans" not in page.content


@pytest.mark.parametrize("given", ["", "abc", "0", "../../"])
def test_an_id_that_is_none_is_not_found(ann: Person, given: str) -> None:
    assert ann.reconnect(given).status_code == 404


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


def test_a_connection_deleted_before_the_decision_gives_the_grant_back(ann: Person, gitlab: Sandbox) -> None:
    old = connected(ann, gitlab)
    question = reconnect(ann, gitlab, old, user="bob")["Location"]
    grant = waiting_grant()
    AppConnection.objects.all().delete()
    assert ann.browser.post(question, {"decision": "keep"}).status_code == 302
    assert revoked(gitlab, grant["refreshToken"])


def test_a_decision_about_what_has_changed_since_is_asked_anew(ann: Person, gitlab: Sandbox) -> None:
    old = connected(ann, gitlab)
    question = reconnect(ann, gitlab, old, user="bob")["Location"]
    AppConnection.objects.update(account={**(old.account or {}), "id": "77", "username": "zoe"})
    assert ann.browser.post(question, {"decision": "replace"})["Location"] == question
    assert "bob instead of zoe" in text(ann.browser.get(question))
    assert ann.browser.post(question, {"decision": "replace"})["Location"] == "/organization/app-connections"


def test_a_person_has_ten_minutes_to_decide(ann: Person, gitlab: Sandbox) -> None:
    old = connected(ann, gitlab)
    address = gitlab.approve(ann.reconnect(old.id)["Location"], "bob")
    nearly_over = timezone.now() + attempts.LIFETIME / 60
    OAuthAttempt.objects.update(expires_at=nearly_over)
    ann.come_back(address)
    assert OAuthAttempt.objects.exclude(sealed_grant="").get().expires_at > nearly_over + attempts.LIFETIME / 2


def test_a_grant_that_does_not_open_does_not_keep_the_others(ann: Person, gitlab: Sandbox) -> None:
    old = connected(ann, gitlab)
    for _ in range(2):
        reconnect(ann, gitlab, old, user="bob")
    broken = OAuthAttempt.objects.exclude(sealed_grant="").order_by("created_at")[0]
    OAuthAttempt.objects.filter(pk=broken.pk).update(sealed_grant="aes256gcm.broken.x")
    OAuthAttempt.objects.update(expires_at=timezone.now() - attempts.KEPT)
    attempts.sweep()
    assert OAuthAttempt.objects.count() == 0
    assert sum(request.path == "/oauth/revoke" for request in gitlab.requests) == 1


def test_what_went_wrong_within_is_not_shown(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(ann.start(instanceUrl=gitlab.url)["Location"])
    OAuthAttempt.objects.update(sealed_verifier="aes256gcm.broken.x")
    page = ann.come_back(address)
    assert page.status_code == 500
    assert "sealed" not in text(page)


def test_nobody_begins_without_end(ann: Person, gitlab: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_BEGUN", 2)
    for number in range(2):
        assert ann.start(instanceUrl=gitlab.url, name=f"a-{number}").status_code == 302
    page = ann.start(instanceUrl=gitlab.url, name="one-more")
    assert page.status_code == 429
    assert page["Retry-After"] == "60"
    assert OAuthAttempt.objects.count() == 2


def test_another_account_is_in_the_audit_log(ann: Person, gitlab: Sandbox) -> None:
    old = connected(ann, gitlab, name="platform")
    question = reconnect(ann, gitlab, old, user="bob")["Location"]
    ann.browser.post(question, {"decision": "replace"})
    event = AuditEvent.objects.get(type="update-app-connection")
    assert event.metadata["accountBefore"]["username"] == "ann"
    assert event.metadata["account"]["username"] == "bob"
    given_back = AuditEvent.objects.get(type="revoke-app-connection-grant")
    assert (given_back.metadata["name"], given_back.metadata["connectionId"]) == ("platform", str(old.id))
