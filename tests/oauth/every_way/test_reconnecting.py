"""Reconnecting keeps id and name. A grant that differs from the old one is shown, and needs a decision."""

from typing import Any

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from connections.models import AppConnection
from oauth import attempts
from oauth.models import OAuthAttempt
from organizations.models import MembershipRole
from organizations.services import create_organization
from tests.oauth.people import Person, connected, leave, reconnect, text
from tests.oauth.ways import Forge, ended

pytestmark = pytest.mark.django_db


def tokens_of(connection: AppConnection) -> dict[str, Any]:
    return AppConnection.objects.select_related("data_key").get(pk=connection.pk).open_credentials()


def test_the_same_account_and_scopes_need_no_decision(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    AppConnection.objects.update(status="reconnect_required", cause="revoked", refresh_failures=3)
    before = tokens_of(old)
    assert reconnect(ann, forge, old)["Location"] == "/organization/app-connections"
    new = AppConnection.objects.get()
    assert (new.id, new.name, new.status, new.cause, new.refresh_failures) == (old.id, old.name, "healthy", "", 0)
    assert tokens_of(old)["accessToken"] != before["accessToken"]
    assert ended(forge, before)


def test_another_account_is_shown_first(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    before = tokens_of(old)
    asked = reconnect(ann, forge, old, user="bob")
    assert "/oauth/confirm/" in asked["Location"]
    page = ann.browser.get(asked["Location"])
    assert "bob instead of ann" in text(page)
    assert tokens_of(old) == before


def test_agreeing_replaces_the_grant(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    before = tokens_of(old)
    asked = reconnect(ann, forge, old, user="bob")["Location"]
    assert ann.browser.post(asked, {"decision": "replace"})["Location"] == "/organization/app-connections"
    new = AppConnection.objects.get()
    assert new.id == old.id
    assert (new.account or {})["username"] == "bob"
    assert ended(forge, before)
    assert OAuthAttempt.objects.exclude(sealed_grant="").count() == 0


def test_keeping_gives_the_new_grant_back(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    before = tokens_of(old)
    asked = reconnect(ann, forge, old, user="bob")["Location"]
    waiting = OAuthAttempt.objects.select_related("data_key").exclude(sealed_grant="").get().open_grant()
    ann.browser.post(asked, {"decision": "keep"})
    assert tokens_of(old) == before
    assert ended(forge, waiting)
    assert not ended(forge, before)


def test_a_decision_counts_once(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    asked = reconnect(ann, forge, old, user="bob")["Location"]
    ann.browser.post(asked, {"decision": "replace"})
    page = ann.browser.post(asked, {"decision": "keep"})
    assert page.status_code == 400
    assert "nothing left to decide" in text(page)


def test_nobody_else_decides(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    asked = reconnect(ann, forge, old, user="bob")["Location"]
    bob = ann.colleague(email="bob@example.com")
    assert bob.browser.get(asked).status_code == 404
    assert bob.browser.post(asked, {"decision": "replace"}).status_code == 404
    assert ann.elsewhere().browser.post(asked, {"decision": "replace"}).status_code == 403
    assert (AppConnection.objects.get().account or {})["username"] == "ann"


def test_who_has_lost_the_right_meanwhile_is_not_asked(ann: Person, forge: Forge) -> None:
    asked = reconnect(ann, forge, connected(ann, forge), user="bob")["Location"]
    MembershipRole.objects.update(role="member")
    weak = ann.browser.get(asked)
    leave(ann.user)
    ann.colleague(email=ann.user.email, organization=create_organization(name="Elsewhere"))
    gone = ann.browser.get(asked)
    assert (weak.status_code, gone.status_code) == (403, 403)
    assert "You are no longer a member" in text(gone)
    assert all("bob instead of ann" not in text(answer) for answer in (weak, gone))


def test_a_decision_that_comes_too_late_gives_the_grant_back(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    asked = reconnect(ann, forge, old, user="bob")["Location"]
    waiting = OAuthAttempt.objects.select_related("data_key").exclude(sealed_grant="").get().open_grant()
    OAuthAttempt.objects.update(expires_at=timezone.now())
    assert ann.browser.post(asked, {"decision": "replace"}).status_code == 400
    assert ended(forge, waiting)
    assert (AppConnection.objects.get().account or {})["username"] == "ann"


def test_a_grant_that_nobody_decided_about_is_swept(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    reconnect(ann, forge, old, user="bob")
    waiting = OAuthAttempt.objects.select_related("data_key").exclude(sealed_grant="").get().open_grant()
    OAuthAttempt.objects.update(expires_at=timezone.now() - attempts.KEPT)
    assert attempts.sweep() == 2
    assert ended(forge, waiting)
    assert OAuthAttempt.objects.count() == 0


def test_a_connection_deleted_meanwhile_is_said_and_the_grant_given_back(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    address = forge.approve(ann.reconnect(old.id)["Location"])
    AppConnection.objects.all().delete()
    page = ann.come_back(address)
    assert page.status_code == 404
    assert "The connection is gone" in text(page)


def test_who_may_not_change_credentials_cannot_reconnect(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    member = ann.colleague(email="bob@example.com", role="member")
    assert member.browser.get(f"{ann.way.pages}/new", {"connection": str(old.id)}).status_code == 403
    assert member.reconnect(old.id).status_code == 403


def test_the_change_is_recorded_without_secrets(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    reconnect(ann, forge, old)
    event = AuditEvent.objects.get(type="update-app-connection")
    assert event.metadata["credentialsUpdated"] is True
    assert tokens_of(old)["accessToken"] not in str(list(AuditEvent.objects.values()))
