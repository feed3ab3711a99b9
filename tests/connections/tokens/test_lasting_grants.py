"""A grant to an OAuth app of GitHub has no end and no refresh; when it is refused, only a person can help."""

from typing import Any

import pytest

from connections import health, tokens, upkeep
from connections.errors import ReconnectRequired
from connections.models import AppConnection
from connections.states import Status
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.tokens.apps import OAuthApp
from tests.connections.tokens.stored import Stored, connect, events

pytestmark = pytest.mark.django_db(transaction=True)

YEAR = 366 * 86_400
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def grantor(github: Sandbox, settings: Any) -> OAuthApp:
    return OAuthApp(github, settings.EXTRA_CA_CERTS).configure(settings)


@pytest.fixture
def connection(admin: Api, grantor: OAuthApp) -> Stored:
    made = connect(admin, grantor)
    grantor.sandbox.clear_requests()
    return made


def test_it_is_never_refreshed(connection: Stored, grantor: OAuthApp, github: Sandbox) -> None:
    assert connection.row.token_expires_at is None
    assert "refreshToken" not in connection.credentials
    github.travel(YEAR)
    connection.time_passes(YEAR)
    upkeep.refresh_due()
    token = tokens.fresh(connection.id).credentials["accessToken"]
    assert github.requests == []
    assert grantor.works(token)


def test_when_it_is_refused_somebody_has_to_reconnect_it(
    connection: Stored, grantor: OAuthApp, github: Sandbox
) -> None:
    github.revoke(connection.token)
    health.check(connection.id)
    row = connection.row
    assert row.status == Status.RECONNECT_REQUIRED
    assert "It was revoked, or the app was deleted." in row.cause
    assert row.cure.startswith("Reconnect it")
    assert row.status_words == "Needs to be reconnected"
    assert [event["cause"] for event in events("lose-app-connection-grant")] == [row.cause]
    with pytest.raises(ReconnectRequired, match="It was revoked"):
        tokens.fresh(connection.id)
    assert grantor.refreshes() == 0


def test_without_its_client_it_is_said_too(connection: Stored, github: Sandbox, settings: Any) -> None:
    """Nothing of the client would be of use."""
    settings.APP_CONNECTION_VARIABLES = {}
    github.revoke(connection.token)
    health.check(connection.id)
    assert connection.row.status == Status.RECONNECT_REQUIRED
    assert "It was revoked" in connection.row.cause


def test_a_listing_says_so_at_once(connection: Stored, github: Sandbox) -> None:
    github.revoke(connection.token)
    answer = connection.list()
    assert answer.status_code == 400
    assert "has not expired or been revoked" in answer.json()["message"]
    assert connection.grantor.asked_for("/api/v3/user/repos") == [401]


def test_reconnecting_heals_it_and_it_is_never_refreshed_again(connection: Stored, github: Sandbox) -> None:
    github.revoke(connection.token)
    health.check(connection.id)
    assert connection.reconnect().status_code == 200
    row = connection.row
    assert (row.status, row.cause, row.token_expires_at) == (Status.HEALTHY, "", None)
    assert connection.list().status_code == 200
    assert AppConnection.objects.count() == 1


@pytest.mark.parametrize("options", [{"status": 403}, {"status": 503}, {"status": 404}])
def test_no_other_refusal_loses_it(connection: Stored, github: Sandbox, options: dict[str, Any]) -> None:
    github.misbehave("status", "/api/v3/user", body="{}", headers=JSON, **options)
    health.check(connection.id)
    assert connection.row.status == Status.FAILING
    github.behave()
    health.check(connection.id)
    assert (connection.row.status, connection.row.cause) == (Status.HEALTHY, "")
