"""A client secret that was renewed at GitLab kills no connection: with the new secret it heals by itself."""

from typing import Any

import pytest

from connections import keys, tokens
from connections.errors import TokenUnavailable
from connections.models import Client, ClientSecrets, Instance
from connections.states import Status
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.connections import oauth
from tests.connections.tokens.stored import FOUR_MINUTES, Stored, events, works

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_SECRET"


@pytest.fixture
def old_secret(connection: Stored, application: Application) -> str:
    """The secret that we have, and that GitLab has replaced."""
    old = application.client_secret
    application.renew_secret()
    return old


def refused(connection: Stored) -> str:
    with pytest.raises(TokenUnavailable) as error:
        tokens.fresh(connection.id)
    return str(error.value.message)


def test_the_connection_lives_and_the_cause_is_named(connection: Stored, gitlab: Sandbox, old_secret: str) -> None:
    assert "Client authentication failed" in refused(connection)
    row = connection.row
    assert row.status == Status.FAILING
    assert "status 401" in row.cause
    assert SECRET in row.cure
    assert row.refresh_unanswered_since is None, "GitLab has not used the refresh token up"
    refused(connection)
    assert oauth.token_requests(gitlab) == 1, "and it is left in peace"
    connection.time_passes(60)
    refused(connection)
    assert oauth.token_requests(gitlab) == 2


def test_a_valid_token_is_served_meanwhile(connection: Stored, gitlab: Sandbox, old_secret: str) -> None:
    connection.ends_in(FOUR_MINUTES)
    assert works(gitlab, tokens.fresh(connection.id).credentials["accessToken"])
    assert connection.row.status == Status.HEALTHY
    assert SECRET in connection.row.cure


@pytest.mark.parametrize("order", ["{old},{new}", "{new}, {old}", "{new}"])
def test_the_new_secret_in_the_environment_heals_it(
    connection: Stored, application: Application, gitlab: Sandbox, old_secret: str, settings: Any, order: str
) -> None:
    refused(connection)
    secrets = order.format(old=old_secret, new=application.client_secret)
    settings.APP_CONNECTION_VARIABLES = {**settings.APP_CONNECTION_VARIABLES, SECRET: secrets}
    connection.time_passes(60)
    assert works(gitlab, tokens.fresh(connection.id).credentials["accessToken"])
    assert connection.row.status == Status.HEALTHY


def test_the_new_secret_of_a_registered_instance_heals_it(
    connection: Stored, application: Application, gitlab: Sandbox, old_secret: str, settings: Any
) -> None:
    settings.APP_CONNECTION_VARIABLES = {}
    assert "There is no OAuth client" in refused(connection)
    assert SECRET in connection.row.cure
    organization_id = connection.row.organization_id
    instance = Instance.objects.create(
        organization_id=organization_id, app="gitlab", url=gitlab.url, allow_private=True
    )
    client = Client(instance=instance, kind="oauth", client_id=application.client_id)
    client.seal(ClientSecrets([old_secret, application.client_secret]), keys.current_key(organization_id))
    client.save()
    connection.time_passes(60)
    assert works(gitlab, tokens.fresh(connection.id).credentials["accessToken"])


def test_another_client_in_the_environment_kills_no_grant(
    connection: Stored, application: Application, gitlab: Sandbox, settings: Any
) -> None:
    """GitLab would answer `invalid_grant`, as for a grant that was revoked."""
    right = settings.APP_CONNECTION_VARIABLES
    oauth.configure(settings, gitlab)
    assert "granted to another OAuth client" in refused(connection)
    assert connection.row.status == Status.FAILING
    assert oauth.token_requests(gitlab) == 0
    settings.APP_CONNECTION_VARIABLES = right
    connection.time_passes(60)
    assert works(gitlab, tokens.fresh(connection.id).credentials["accessToken"])
    assert connection.credentials["clientId"] == application.client_id


def test_a_grant_is_revoked_with_the_secret_that_fits(
    connection: Stored, application: Application, gitlab: Sandbox, old_secret: str, settings: Any
) -> None:
    """GitLab calls a wrong secret `invalid_client` at /oauth/token, `unauthorized_client` at /oauth/revoke."""
    secrets = f"{old_secret},{application.client_secret}"
    settings.APP_CONNECTION_VARIABLES = {**settings.APP_CONNECTION_VARIABLES, SECRET: secrets}
    token = connection.token
    assert connection.api.delete(connection.path).status_code == 200
    assert not works(gitlab, token)
    assert [event["revoked"] for event in events("revoke-app-connection-grant")] == [True]
