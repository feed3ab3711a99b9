"""What GitHub gave is given back, and no more than that: not the App, and not a person's other connections."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.tokens.apps import InstalledApp, OAuthApp
from tests.connections.tokens.stored import Stored, connect, events

pytestmark = pytest.mark.django_db(transaction=True)

REVOKED = "revoke-app-connection-grant"


@pytest.fixture
def installed(github: Sandbox, settings: Any) -> InstalledApp:
    return InstalledApp(github, settings.EXTRA_CA_CERTS).configure(settings)


@pytest.fixture
def oauth_app(github: Sandbox, settings: Any) -> OAuthApp:
    return OAuthApp(github, settings.EXTRA_CA_CERTS).configure(settings)


def delete(connection: Stored) -> Any:
    return connection.api.delete(connection.path)


ENDS = pytest.mark.parametrize("end", [delete, Stored.reconnect], ids=["deleting", "reconnecting"])


@ENDS
def test_an_installations_token_ends_and_the_app_stays_installed(
    admin: Api, installed: InstalledApp, github: Sandbox, end: Callable[[Stored], Any]
) -> None:
    connection = connect(admin, installed)
    token, there = connection.token, installed.installation
    github.clear_requests()
    assert end(connection).status_code == 200
    assert not installed.works(token)
    assert installed.installation is there
    assert installed.asked_for("/api/v3/installation/token") == [204]
    assert [event["revoked"] for event in events(REVOKED)] == [True]


def test_an_installations_token_that_has_ended_is_given_back_already(admin: Api, installed: InstalledApp) -> None:
    connection = connect(admin, installed)
    installed.sandbox.uninstall(installed.installation)
    assert delete(connection).status_code == 200
    assert [event["revoked"] for event in events(REVOKED)] == [True]


@ENDS
def test_the_other_connections_of_the_person_live_on(
    admin: Api, oauth_app: OAuthApp, github: Sandbox, end: Callable[[Stored], Any]
) -> None:
    connection, other = connect(admin, oauth_app), connect(admin, oauth_app, name="other")
    token = connection.token
    github.clear_requests()
    assert end(connection).status_code == 200
    assert not oauth_app.works(token)
    assert oauth_app.works(other.token)
    assert [(one.method, one.path) for one in github.requests if "/applications/" in one.path] == [
        ("DELETE", f"/api/v3/applications/{oauth_app.client_id}/token")
    ]
    assert [event["revoked"] for event in events(REVOKED)] == [True]


@pytest.mark.parametrize(
    ("order", "statuses"),
    [
        (("old", "{right}"), [401, 204]),
        (("{right}", "old"), [204]),
        (("old", "older", "{right}"), [401, 401, 204]),
    ],
)
def test_each_client_secret_is_tried(
    admin: Api, oauth_app: OAuthApp, settings: Any, order: Sequence[str], statuses: list[int]
) -> None:
    connection = connect(admin, oauth_app)
    token = connection.token
    right = oauth_app.oauth_application.client_secret
    secrets = ",".join(order).format(right=right)
    settings.APP_CONNECTION_VARIABLES = {**oauth_app.variables(), oauth_app.secret_variable: secrets}
    assert delete(connection).status_code == 200
    assert oauth_app.asked_for(oauth_app.revoked_at) == statuses
    assert not oauth_app.works(token)
    assert [event["revoked"] for event in events(REVOKED)] == [True]


def test_where_no_secret_fits_it_is_recorded(admin: Api, oauth_app: OAuthApp, settings: Any) -> None:
    connection = connect(admin, oauth_app)
    token = connection.token
    settings.APP_CONNECTION_VARIABLES = {**oauth_app.variables(), oauth_app.secret_variable: "old,older"}
    assert delete(connection).status_code == 200
    assert oauth_app.works(token)
    [event] = events(REVOKED)
    assert event["revoked"] is False
    assert "Check its client id and client secret" in event["cause"]


def test_a_token_that_was_ended_before_is_not_tried_with_every_secret(
    admin: Api, oauth_app: OAuthApp, github: Sandbox, settings: Any
) -> None:
    connection = connect(admin, oauth_app)
    github.revoke(connection.token)
    secrets = f"{oauth_app.oauth_application.client_secret},old"
    settings.APP_CONNECTION_VARIABLES = {**oauth_app.variables(), oauth_app.secret_variable: secrets}
    assert delete(connection).status_code == 200
    assert oauth_app.asked_for(oauth_app.revoked_at) == [404]
    assert [event["revoked"] for event in events(REVOKED)] == [True]


def test_another_client_is_not_asked_to_end_it(
    admin: Api, oauth_app: OAuthApp, github: Sandbox, settings: Any
) -> None:
    connection = connect(admin, oauth_app)
    settings.APP_CONNECTION_VARIABLES = oauth_app.another_client()
    github.clear_requests()
    assert delete(connection).status_code == 200
    assert github.requests == []
    [event] = events(REVOKED)
    assert (event["revoked"], "another OAuth client" in event["cause"]) == (False, True)
