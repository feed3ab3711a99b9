"""Check now, and what happened to a connection."""

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from audit.models import AuditEvent
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import BASE as API
from tests.connections.requests import create
from tests.connections.tokens.grantors import AtGitLab
from tests.connections.tokens.stored import connect
from tests.connections.web.pages import path, row, text, title
from tests.people import browser, person

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Client:
    client = browser(person())
    client.handler.enforce_csrf_checks = False
    return client


def checked(ann: Client, connection_id: str) -> str:
    """Press the button, and return what the page then says."""
    answer = ann.post(path(connection_id, "/check"))
    assert (answer.status_code, answer["Location"]) == (302, path(connection_id))
    return text(ann.get(path(connection_id)))


def test_it_says_what_came_of_it(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    token = gitlab.personal_token()
    connection_id = create(admin, gitlab, token=token.value)["id"]
    assert "Checked: it works." in checked(ann, connection_id)
    gitlab.revoke(token.value)
    shown = checked(ann, connection_id)
    assert "Checked: needs new credentials." in shown
    assert "Unauthorized. Cause: Token was revoked." in shown
    assert "Replace its credentials with new ones" in shown
    assert AuditEvent.objects.filter(type="check-app-connection", actor_name="ann@example.com").count() == 2


def test_a_gitlab_that_asks_to_wait_changes_nothing(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    connection_id = create(admin, gitlab)["id"]
    gitlab.misbehave("rate-limit", "/api/v4")
    assert "It could not be checked, so its state is as before. GitLab rate limit" in checked(ann, connection_id)
    assert row(connection_id).status == "healthy"
    assert "Healthy. No verdict: " in text(ann.get(path(connection_id, "/activity")))


@pytest.mark.django_db(transaction=True)
def test_a_token_that_cannot_be_refreshed_is_told_and_seen(
    ann: Client, admin: Api, gitlab: Sandbox, settings: Any
) -> None:
    connection = connect(admin, AtGitLab(gitlab).configure(settings))
    connection.ends_in(-1)
    gitlab.misbehave("status", "/oauth/token", status=503)
    shown = checked(ann, str(connection.id))
    assert "It could not be checked. There is no valid token at the moment." in shown
    assert "as before" not in shown
    assert title(ann.get(path(connection.id))) == "by-oauth: Failing"


def test_activity_tells_what_happened_and_nothing_of_others(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    token = gitlab.personal_token()
    connection_id = create(admin, gitlab, token=token.value)["id"]
    create(admin, gitlab, name="other", token=gitlab.personal_token().value)
    admin.patch(f"{API}/gitlab/{connection_id}", {"description": "<b>new</b>"})
    gitlab.revoke(token.value)
    ann.post(path(connection_id, "/check"))
    answer = ann.get(path(connection_id, "/activity"))
    assert title(answer) == "Activity of platform"
    shown = text(answer)
    assert "Checked ann@example.com from 203.0.113.7 Healthy → Needs new credentials." in shown
    assert "Changed admin from 203.0.113.7 Description." in shown
    assert shown.count("Created admin") == 1
    assert token.value not in answer.content.decode()


def test_activity_has_pages(ann: Client, admin: Api, gitlab: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connections.web.detail.EVENTS_ON_A_PAGE", 2)
    connection_id = create(admin, gitlab)["id"]
    for number in range(4):
        admin.patch(f"{API}/gitlab/{connection_id}", {"description": str(number)})
    first = ann.get(path(connection_id, "/activity"))
    assert text(first).count("Changed admin") == 2
    second = follow(ann, first, "next")
    last = follow(ann, second, "next")
    assert "Created admin" in text(last)
    assert 'rel="next"' not in last.content.decode()
    back = follow(ann, follow(ann, last, "prev"), "prev")
    assert text(back).count("Changed admin") == 2
    assert 'rel="prev"' not in back.content.decode()
    assert ann.get(path(connection_id, "/activity?before=nonsense")).status_code == 200


def follow(ann: Client, answer: "Response", way: str) -> "Response":
    """Press Older ("next") or Newer ("prev")."""
    found = re.search(rf'rel="{way}" href="([^"]+)"', answer.content.decode())
    assert found
    return ann.get(path(answer.wsgi_request.path.split("/")[-2], f"/activity{html.unescape(found[1])}"))
