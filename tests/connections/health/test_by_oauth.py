"""By OAuth: a refused token is refreshed before anything is said of it, and refreshes have their say."""

import pytest
from django.utils import timezone

from connections import health, tokens
from connections.states import Status
from sandbox.gitlab import Sandbox
from tests.connections import oauth
from tests.connections.health.stored import CHANGED, events, said
from tests.connections.tokens.stored import FOUR_MINUTES, Stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def valid_for_an_hour(connection: Stored) -> None:
    connection.ends_in(3600)


def asked(gitlab: Sandbox) -> int:
    """Return how often GitLab was asked whose a token is."""
    return sum(request.path == "/api/v4/user" for request in gitlab.requests)


def test_a_grant_that_works_is_healthy(connection: Stored, gitlab: Sandbox) -> None:
    connection.change(status=Status.UNCHECKED, account=None, scopes=[])
    assert said(connection.id) == (Status.HEALTHY, "", "")
    assert (connection.row.account or {})["username"] == "ann"
    assert connection.row.scopes == ["api"]
    assert oauth.token_requests(gitlab) == 0


def test_a_token_about_to_end_is_refreshed_first(connection: Stored, gitlab: Sandbox) -> None:
    connection.ends_in(-1)
    assert said(connection.id) == (Status.HEALTHY, "", "")
    assert oauth.token_requests(gitlab) == 1


def test_a_revoked_grant_has_to_be_reconnected(connection: Stored, gitlab: Sandbox) -> None:
    gitlab.revoke(connection.token)
    status, cause, cure = said(connection.id)
    assert status == Status.RECONNECT_REQUIRED
    assert "It was revoked" in cause
    assert cure.startswith("Reconnect it")
    assert connection.row.status_words == "Needs to be reconnected"
    assert oauth.token_requests(gitlab) == 1
    assert len(events("lose-app-connection-grant")) == 1
    assert events(CHANGED) == [], "the loss is told once"
    gitlab.clear_requests()
    assert said(connection.id)[0] == Status.RECONNECT_REQUIRED
    assert gitlab.requests == [], "and GitLab is left in peace"


def test_a_refused_token_whose_grant_lives_is_replaced(connection: Stored, gitlab: Sandbox) -> None:
    headers = {"Content-Type": "application/json"}
    gitlab.misbehave("status", "/api/v4/user", status=401, times=1, body="{}", headers=headers)
    assert said(connection.id) == (Status.HEALTHY, "", "")
    assert oauth.token_requests(gitlab) == 1
    assert connection.grantor.works(connection.token)


def test_when_the_new_token_is_refused_too_the_check_gives_up(connection: Stored, gitlab: Sandbox) -> None:
    gitlab.misbehave("status", "/api/v4/user", status=401, body="{}", headers={"Content-Type": "application/json"})
    status, cause, cure = said(connection.id)
    assert status == Status.FAILING
    assert "Unauthorized" in cause
    assert cure.startswith("Reconnect it")
    assert (asked(gitlab), oauth.token_requests(gitlab)) == (2, 1)


def test_a_failing_token_endpoint_is_what_the_refresh_says(connection: Stored, gitlab: Sandbox) -> None:
    connection.ends_in(-1)
    gitlab.misbehave("status", "/oauth/token", status=503)
    before = connection.row.checked_at
    status, cause, _ = said(connection.id)
    assert status == Status.FAILING
    assert "/oauth/token answered with status 503" in cause
    assert connection.row.checked_at == before, "there was nothing to check with"


def test_a_check_does_not_lift_what_a_refresh_has_found(connection: Stored, gitlab: Sandbox) -> None:
    connection.ends_in(FOUR_MINUTES)
    found = {"status": Status.FAILING, "cause": "The token endpoint is away.", "refresh_failures": 1}
    connection.change(**found, refresh_not_before=timezone.now() + health.CHECK_EVERY)
    assert said(connection.id)[:2] == (Status.FAILING, "The token endpoint is away.")
    assert connection.row.refresh_failures == 1
    assert asked(gitlab) == 1
    connection.change(status=Status.RECONNECT_REQUIRED, refresh_failures=0)
    connection.ends_in(3600)
    assert said(connection.id)[0] == Status.RECONNECT_REQUIRED, "the token lives on for a while, the grant is lost"


def test_a_refresh_does_not_lift_what_a_check_has_found(connection: Stored, gitlab: Sandbox) -> None:
    gitlab.misbehave("status", "/api/v4/user", status=403)
    assert said(connection.id)[0] == Status.FAILING
    gitlab.behave()
    connection.ends_in(-1)
    assert connection.grantor.works(tokens.fresh(connection.id).credentials["accessToken"])
    row = connection.row
    assert row.status == Status.FAILING
    assert "Forbidden" in row.cause
    assert row.check_due_at is None, "the next check is due at once"
    assert said(connection.id) == (Status.HEALTHY, "", "")
