"""What a hostile or unlucky person could try with a handshake, and what comes of it."""

from typing import Any

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from connections.models import AppConnection
from oauth import attempts
from oauth.models import OAuthAttempt
from organizations.services import create_organization
from tests.oauth.people import Person, connected, reconnect, text
from tests.oauth.ways import CONSENTING, Forge, ended, given_back

pytestmark = pytest.mark.django_db


def waiting_grant() -> dict[str, Any]:
    return OAuthAttempt.objects.select_related("data_key").exclude(sealed_grant="").get().open_grant()


@pytest.mark.parametrize("use", ["secret-sync", "no such use"])
def test_a_connection_of_another_organization_does_not_exist(ann: Person, forge: Forge, use: str) -> None:
    foreign = connected(ann, forge, name="secret-plans")
    eve = ann.colleague(email="eve@example.com", organization=create_organization(name="Elsewhere"))
    for page in (
        eve.reconnect(foreign.id, use=use),
        eve.browser.get(f"{ann.way.pages}/new", {"connection": str(foreign.id)}),
    ):
        assert page.status_code == 404
        assert b"secret-plans" not in page.content


def test_a_member_who_may_not_read_learns_no_name(ann: Person, forge: Forge) -> None:
    known = connected(ann, forge, name="secret-plans")
    page = ann.colleague(email="bob@example.com", role="member").reconnect(known.id, use="no such use")
    assert page.status_code == 403
    assert b"secret-plans" not in page.content


@pytest.mark.parametrize("given", ["", "abc", "0", "../../"])
def test_an_id_that_is_none_is_not_found(ann: Person, given: str) -> None:
    assert ann.reconnect(given).status_code == 404


def test_a_connection_deleted_before_the_decision_gives_the_grant_back(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    question = reconnect(ann, forge, old, user="bob")["Location"]
    grant = waiting_grant()
    AppConnection.objects.all().delete()
    assert ann.browser.post(question, {"decision": "keep"}).status_code == 302
    assert ended(forge, grant)


def test_a_decision_about_what_has_changed_since_is_asked_anew(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    question = reconnect(ann, forge, old, user="bob")["Location"]
    AppConnection.objects.update(account={**(old.account or {}), "id": "77", "username": "zoe"})
    assert ann.browser.post(question, {"decision": "replace"})["Location"] == question
    assert "bob instead of zoe" in text(ann.browser.get(question))
    assert ann.browser.post(question, {"decision": "replace"})["Location"] == "/organization/app-connections"


def test_a_person_has_ten_minutes_to_decide(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    address = forge.approve(ann.reconnect(old.id, use=ann.way.use)["Location"], "bob")
    nearly_over = timezone.now() + attempts.LIFETIME / 60
    OAuthAttempt.objects.update(expires_at=nearly_over)
    ann.come_back(address)
    assert OAuthAttempt.objects.exclude(sealed_grant="").get().expires_at > nearly_over + attempts.LIFETIME / 2


def test_a_grant_that_does_not_open_does_not_keep_the_others(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge)
    for user in ("bob", "carol"):
        reconnect(ann, forge, old, user=user)
    broken = OAuthAttempt.objects.exclude(sealed_grant="").order_by("created_at")[0]
    OAuthAttempt.objects.filter(pk=broken.pk).update(sealed_grant="aes256gcm.broken.x")
    OAuthAttempt.objects.update(expires_at=timezone.now() - attempts.KEPT)
    attempts.sweep()
    assert OAuthAttempt.objects.count() == 0
    assert len(given_back(forge)) == 1


@pytest.mark.parametrize("way", CONSENTING, indirect=True)
def test_what_went_wrong_within_is_not_shown(ann: Person, forge: Forge) -> None:
    address = forge.approve(ann.start(instanceUrl=forge.url)["Location"])
    OAuthAttempt.objects.update(sealed_verifier="aes256gcm.broken.x")
    page = ann.come_back(address)
    assert page.status_code == 500
    assert "sealed" not in text(page)


def test_nobody_begins_without_end(ann: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_BEGUN", 2)
    for number in range(2):
        assert ann.start(instanceUrl=forge.url, name=f"a-{number}").status_code == 302
    page = ann.start(instanceUrl=forge.url, name="one-more")
    assert page.status_code == 429
    assert page["Retry-After"] == "60"
    assert OAuthAttempt.objects.count() == 2


def test_another_account_is_in_the_audit_log(ann: Person, forge: Forge) -> None:
    old = connected(ann, forge, name="platform")
    question = reconnect(ann, forge, old, user="bob")["Location"]
    ann.browser.post(question, {"decision": "replace"})
    event = AuditEvent.objects.get(type="update-app-connection")
    assert event.metadata["accountBefore"]["username"] == "ann"
    assert event.metadata["account"]["username"] == "bob"
    given_back = AuditEvent.objects.get(type="revoke-app-connection-grant")
    assert (given_back.metadata["name"], given_back.metadata["connectionId"]) == ("platform", str(old.id))
