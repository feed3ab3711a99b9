"""Every way in which it can fail on the way back is a page with a cause and a next step, and nothing is stored."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser
from django.utils import timezone

from audit.actors import ActorType
from connections.models import AppConnection, Client, Instance
from oauth.models import OAuthAttempt
from organizations.models import Membership, MembershipRole
from sandbox.github import Sandbox
from sandbox.github.applications import new_private_key
from sandbox.gitlab import Sandbox as GitLab
from tests.oauth.making.steps import APPS, MADE, ask, begin, came_back, created, failed, make, posted
from tests.oauth.people import Person, asked, leave, person, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("instance")]
CONVERSIONS = "/api/v3/app-manifests/"


def conversions(github: Sandbox) -> int:
    return sum(request.path.startswith(CONVERSIONS) for request in github.requests)


def test_a_person_who_says_no(ann: Person, github: Sandbox) -> None:
    state = posted(ask(ann, github)).state
    page = failed(came_back(ann, state=state, error="access_denied"), 400, "was not created", "chose not to")
    assert f"instanceUrl={github.url}".replace(":", "%3A").replace("/", "%2F") in page.content.decode()
    failed(came_back(ann, state=state, code="x"), 400, "This attempt is over")
    assert conversions(github) == 0


def test_another_error_is_shown_as_text(ann: Person, github: Sandbox) -> None:
    state = posted(ask(ann, github)).state
    answer = came_back(ann, state=state, error="x", error_description="<script>alert(1)</script>")
    page = failed(answer, 400, "GitHub sent you back with an error").content.decode()
    assert "<script>alert" not in page


def test_nothing_but_a_state(ann: Person, github: Sandbox) -> None:
    failed(came_back(ann, state=posted(ask(ann, github)).state), 400, "without the code")


@pytest.mark.parametrize("query", [{"code": "x", "state": "made-up"}, {"code": "x"}, {}])
def test_a_state_of_nobody(ann: Person, query: dict[str, str]) -> None:
    failed(came_back(ann, **query), 400, "does not belong to anything you started", "close this page")


def test_a_client_is_made_once(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    assert ann.come_back(address).status_code == 302
    again = ann.come_back(address)
    assert again.status_code == 400
    assert "This attempt is over" in text(again)
    assert (Client.objects.count(), len(created()), conversions(github)) == (1, 1, 1)


def test_after_an_hour_it_is_too_late(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    left = OAuthAttempt.objects.get().expires_at - timezone.now()
    assert 3500 < left.total_seconds() <= 3600
    OAuthAttempt.objects.update(expires_at=timezone.now())
    failed(ann.come_back(address), 400, "That took too long", "within 1 hour", "Delete it there")
    assert conversions(github) == 0


def test_another_person(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    bob = person(email="bob@example.com")
    page = failed(bob.come_back(address), 403, "Somebody else began this")
    assert github.url not in text(page), "what others wanted is not told"
    failed(ann.come_back(address), 400, "This attempt is over")
    assert conversions(github) == 0


def test_another_session_of_the_same_person(ann: Person, github: Sandbox) -> None:
    failed(Person(ann.user).come_back(begin(ann, github)), 403, "Somebody else began this")


def test_a_person_who_signed_out_meanwhile(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    ann.browser = Browser(headers={"host": "127.0.0.1:8000"})
    failed(ann.come_back(address), 403, "Somebody else began this")


def test_a_permission_that_was_withdrawn_meanwhile(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    mine = Membership.objects.get(member_type=ActorType.USER, member_id=ann.user.id)
    MembershipRole.objects.filter(membership=mine).update(role="member")
    failed(ann.come_back(address), 403, "You may not do this", "its name is taken")
    assert conversions(github) == 0


def test_a_person_who_left_meanwhile(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    leave(ann.user)
    failed(ann.come_back(address), 403, "You are no longer a member")


def test_the_state_of_an_attempt_to_connect(ann: Person, github: Sandbox, gitlab: GitLab) -> None:
    state = asked(ann.start(instanceUrl=gitlab.url)["Location"])["state"]
    OAuthAttempt.objects.update(app="github")
    failed(came_back(ann, state=state, code="x"), 400, "does not belong to anything you started")
    assert OAuthAttempt.objects.get().consumed_at is None


def test_a_state_of_this_is_none_to_connect_with(ann: Person, github: Sandbox) -> None:
    state = posted(ask(ann, github)).state
    answer = ann.browser.get(f"{APPS}/oauth/callback", {"state": state, "code": "x"})
    assert answer.status_code == 400
    assert "does not belong to anything you started" in text(answer)
    attempt = OAuthAttempt.objects.get()
    assert attempt.consumed_at is None
    assert ann.browser.get(f"{APPS}/oauth/confirm/{attempt.id}").status_code == 404
    assert ann.browser.get(f"{APPS}/oauth/new", {"attempt": str(attempt.id)}).status_code == 200
    assert AppConnection.objects.count() == 0


def test_a_code_that_github_does_not_know(ann: Person, github: Sandbox) -> None:
    state = posted(ask(ann, github)).state
    failed(came_back(ann, state=state, code="0" * 40), 400, "not taken over", "more than 1 hour old")


def test_a_code_that_is_no_code(ann: Person, github: Sandbox) -> None:
    state = posted(ask(ann, github)).state
    failed(came_back(ann, state=state, code="../../user"), 400, "not taken over")
    assert conversions(github) == 0


def test_a_code_that_is_older_than_an_hour_there(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    github.travel(3601)
    failed(ann.come_back(address), 400, "more than 1 hour old", "Delete it there")
    github.travel(-3601)


def test_a_server_that_does_not_answer(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    github.misbehave("close", path=CONVERSIONS)
    failed(ann.come_back(address), 400, "not taken over", "closed the connection", "Delete it there")


def test_a_server_that_asks_to_wait(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    github.misbehave("rate-limit", path=CONVERSIONS, retry_after=77)
    page = failed(ann.come_back(address), 429, "not taken over", "rate limit")
    assert 70 <= int(page["Retry-After"]) <= 77


KEY = new_private_key()


def hands_over(github: Sandbox, **changes: Any) -> None:
    """Let GitHub hand over an App that differs in these from what it would be."""
    made = {
        "id": 7,
        "slug": "acme",
        "name": "Acme",
        "client_id": "Iv1.7",
        "client_secret": "secret-of-the-app",
        "webhook_secret": None,
        "pem": KEY,
        "owner": {"login": "ann", "id": 1},
        "html_url": f"{github.url}/apps/acme",
        **changes,
    }
    json_type = {"Content-Type": "application/json"}
    github.misbehave("status", path=CONVERSIONS, status=201, body=json.dumps(made), headers=json_type)


@pytest.mark.parametrize(
    "changes",
    [
        {"pem": "-----BEGIN RSA PRIVATE KEY-----\nnone\n-----END RSA PRIVATE KEY-----\n"},
        {"pem": None},
        {"pem": ""},
        {"client_id": None},
        {"client_id": "I" * 256},
        {"client_secret": ""},
        {"client_secret": "x" * 2000},
    ],
    ids=["no key", "no pem", "empty pem", "no id", "endless id", "no secret", "endless secret"],
)
def test_what_cannot_be_used(ann: Person, github: Sandbox, changes: dict[str, Any]) -> None:
    address = begin(ann, github)
    hands_over(github, **changes)
    page = failed(ann.come_back(address), 400, "not taken over", "Delete it there").content.decode()
    assert "secret-of-the-app" not in page
    assert "BEGIN" not in page


@pytest.mark.parametrize("named", ["https://evil.example.com/apps/acme", "javascript:alert(1)", "http://[", "", 7])
def test_a_page_that_is_not_at_the_server_is_no_link(ann: Person, github: Sandbox, named: Any) -> None:
    address = begin(ann, github)
    hands_over(github, html_url=named)
    shown = ann.browser.get(ann.come_back(address)["Location"]).content.decode()
    client = Client.objects.get()
    assert client.client_id == "Iv1.7"
    assert client.details["page"] == ""
    assert "evil.example.com" not in shown
    assert "javascript:" not in shown


def test_an_instance_that_was_deleted_meanwhile(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    Instance.objects.all().delete()
    failed(ann.come_back(address), 404, "The instance is gone", "its name is taken")


def test_what_somebody_else_put_there_meanwhile_stays(ann: Person, github: Sandbox) -> None:
    address = begin(ann, github)
    first = make(ann, github)
    late = ann.come_back(address)
    assert late.status_code == 400
    assert "Somebody else has put another GitHub App there meanwhile" in text(late)
    assert Client.objects.get().client_id == first.client_id
    assert len(created()) == 1


def test_the_address_of_the_way_back_is_one_for_all(ann: Person, github: Sandbox) -> None:
    assert urlsplit(begin(ann, github)).path == MADE
