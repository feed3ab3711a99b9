"""A client secret that was renewed kills no connection: with the new secret it heals by itself."""

from typing import Any

import pytest

from connections import keys, tokens
from connections.errors import TokenUnavailable
from connections.models import Client, ClientSecrets, Instance
from connections.states import Status
from tests.connections.tokens.grantors import Grantor
from tests.connections.tokens.stored import FOUR_MINUTES, Stored, events

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old_secret(connection: Stored, grantor: Grantor) -> str:
    """The secret that we have, and that was replaced there."""
    old = grantor.application.client_secret
    grantor.application.renew_secret()
    return old


def refused(connection: Stored) -> str:
    with pytest.raises(TokenUnavailable) as error:
        tokens.fresh(connection.id)
    return str(error.value.message)


def test_the_connection_lives_and_the_cause_is_named(connection: Stored, grantor: Grantor, old_secret: str) -> None:
    assert grantor.wrong_secret in refused(connection)
    row = connection.row
    assert row.status == Status.FAILING
    assert grantor.wrong_secret in row.cause
    assert grantor.secret_variable in row.cure
    assert row.refresh_unanswered_since is None, "the refresh token is not used up"
    refused(connection)
    assert grantor.refreshes() == 1, "and it is left in peace"
    connection.time_passes(60)
    refused(connection)
    assert grantor.refreshes() == 2


def test_a_valid_token_is_served_meanwhile(connection: Stored, grantor: Grantor, old_secret: str) -> None:
    connection.ends_in(FOUR_MINUTES)
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])
    assert connection.row.status == Status.HEALTHY
    assert grantor.secret_variable in connection.row.cure


@pytest.mark.parametrize("order", ["{old},{new}", "{new}, {old}", "{new}"])
def test_the_new_secret_in_the_environment_heals_it(
    connection: Stored, grantor: Grantor, old_secret: str, settings: Any, order: str
) -> None:
    refused(connection)
    secrets = order.format(old=old_secret, new=grantor.application.client_secret)
    settings.APP_CONNECTION_VARIABLES = {**settings.APP_CONNECTION_VARIABLES, grantor.secret_variable: secrets}
    connection.time_passes(60)
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])
    assert connection.row.status == Status.HEALTHY


def test_the_new_secret_of_a_registered_instance_heals_it(
    connection: Stored, grantor: Grantor, old_secret: str, settings: Any
) -> None:
    settings.APP_CONNECTION_VARIABLES = {}
    assert "There is no OAuth client" in refused(connection)
    assert grantor.secret_variable in connection.row.cure
    organization_id = connection.row.organization_id
    instance = Instance.objects.create(
        organization_id=organization_id, app=grantor.app, url=grantor.sandbox.url, allow_private=True
    )
    client = Client(instance=instance, kind="oauth", client_id=grantor.application.client_id)
    client.seal(ClientSecrets([old_secret, grantor.application.client_secret]), keys.current_key(organization_id))
    client.save()
    connection.time_passes(60)
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])


def test_another_client_in_the_environment_kills_no_grant(
    connection: Stored, grantor: Grantor, settings: Any
) -> None:
    """Another client would be answered as for a grant that was revoked."""
    right = settings.APP_CONNECTION_VARIABLES
    settings.APP_CONNECTION_VARIABLES = grantor.another_client()
    assert "granted to another OAuth client" in refused(connection)
    assert connection.row.status == Status.FAILING
    assert grantor.refreshes() == 0
    settings.APP_CONNECTION_VARIABLES = right
    connection.time_passes(60)
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])
    assert connection.credentials["clientId"] == grantor.application.client_id


def test_a_grant_is_revoked_with_the_secret_that_fits(
    connection: Stored, grantor: Grantor, old_secret: str, settings: Any
) -> None:
    """GitLab calls a wrong secret `invalid_client` at /oauth/token, `unauthorized_client` at /oauth/revoke."""
    secrets = f"{old_secret},{grantor.application.client_secret}"
    settings.APP_CONNECTION_VARIABLES = {**settings.APP_CONNECTION_VARIABLES, grantor.secret_variable: secrets}
    token = connection.token
    assert connection.api.delete(connection.path).status_code == 200
    assert not grantor.works(token)
    assert [event["revoked"] for event in events("revoke-app-connection-grant")] == [True]
