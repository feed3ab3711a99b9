"""An App may be installed anew, elsewhere, not at all, or be suspended: it is found again, or it is said."""

from typing import Any

import pytest

from audit.models import AuditEvent
from connections import health, keys, tokens
from connections.errors import ReconnectRequired, TokenUnavailable
from connections.models import Client, ClientSecrets, Instance
from connections.states import Status
from sandbox.github import Sandbox
from tests.connections.github import world as at_github
from tests.connections.tokens.apps import InstalledApp
from tests.connections.tokens.stored import Stored, events

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "INF_APP_CONNECTION_GITHUB_APP_PRIVATE_KEY"
LOST = "lose-app-connection-grant"


@pytest.fixture
def grantor(github: Sandbox, settings: Any) -> InstalledApp:
    return InstalledApp(github, settings.EXTRA_CA_CERTS).configure(settings)


def works(connection: Stored) -> bool:
    return connection.grantor.works(tokens.fresh(connection.id).credentials["accessToken"])


def failing(connection: Stored) -> tuple[str, str]:
    """Ask for a token that cannot be had; returns the cause and the cure."""
    with pytest.raises(TokenUnavailable):
        tokens.fresh(connection.id)
    row = connection.row
    assert row.status == Status.FAILING
    return row.cause, row.cure


def lost(connection: Stored) -> tuple[str, str]:
    """Ask for a token of an App that is gone; returns the cause and the cure."""
    with pytest.raises(ReconnectRequired):
        tokens.fresh(connection.id)
    row = connection.row
    assert row.status == Status.RECONNECT_REQUIRED
    return row.cause, row.cure


def test_one_that_was_installed_anew_is_found_again(
    connection: Stored, grantor: InstalledApp, github: Sandbox
) -> None:
    before = AuditEvent.objects.count()
    again = github.reinstall(grantor.installation)
    assert works(connection)
    assert connection.credentials["installationId"] == str(again.id)
    assert (connection.row.status, connection.row.cause) == (Status.HEALTHY, "")
    assert len(events("refresh-app-connection-token")) == AuditEvent.objects.count() - before == 1
    github.clear_requests()
    connection.ends_in(-1)
    assert works(connection)
    assert [request.path for request in grantor.made()] == [f"/api/v3/app/installations/{again.id}/access_tokens"]


def test_one_that_was_installed_anew_while_its_token_lived_is_found_by_the_next_check(
    connection: Stored, grantor: InstalledApp, github: Sandbox
) -> None:
    connection.ends_in(3000)
    again = github.reinstall(grantor.installation)
    health.check(connection.id)
    assert connection.credentials["installationId"] == str(again.id)
    assert connection.row.status == Status.HEALTHY


def test_an_account_may_be_renamed(connection: Stored, grantor: InstalledApp, github: Sandbox) -> None:
    account = github.world.rename(grantor.account, f"{grantor.account}-inc")
    assert works(connection)
    github.uninstall(grantor.installation)
    again = github.install(grantor.application, account.login)
    connection.ends_in(-1)
    assert works(connection)
    found = connection.credentials
    assert (found["installationId"], found["account"]) == (str(again.id), account.login)
    assert connection.row.status == Status.HEALTHY
    assert events(LOST) == []


@pytest.mark.parametrize("is_reinstalled", [True, False])
def test_an_account_that_took_the_name_is_not_taken_for_it(
    connection: Stored, grantor: InstalledApp, github: Sandbox, is_reinstalled: bool
) -> None:
    old = grantor.installation
    renamed = github.world.rename(grantor.account, f"{grantor.account}-inc")
    github.uninstall(old)
    github.organization(grantor.account, members={"eve": "admin"})
    others = github.install(grantor.application, grantor.account)
    if is_reinstalled:
        ours = github.install(grantor.application, renamed.login)
        assert works(connection)
        assert connection.credentials["installationId"] == str(ours.id)
    else:
        assert "not installed on" in lost(connection)[0]
    assert f"/api/v3/app/installations/{others.id}/access_tokens" not in {one.path for one in grantor.made()}


def test_one_that_is_not_installed_any_more_has_to_be_reconnected(
    connection: Stored, grantor: InstalledApp, github: Sandbox
) -> None:
    github.uninstall(grantor.installation)
    connection.change(refresh_unanswered_since=connection.row.verified_at)
    cause, cure = lost(connection)
    assert cause == f"The GitHub App is not installed on {grantor.account} any more."
    assert cure.startswith("Reconnect it")
    assert "cut off" not in cause
    asked = len(github.requests)
    lost(connection)
    assert len(github.requests) == asked, "and GitHub is left in peace"
    assert [event["cause"] for event in events(LOST)] == [cause]


def test_reconnecting_heals_it_and_keeps_its_id(connection: Stored, grantor: InstalledApp, github: Sandbox) -> None:
    github.uninstall(grantor.installation)
    lost(connection)
    assert connection.reconnect().json()["appConnection"]["id"] == str(connection.id)
    assert works(connection)
    assert (connection.row.status, connection.row.cause) == (Status.HEALTHY, "")


def test_one_that_is_suspended_is_said_so_and_heals_when_it_ends(
    connection: Stored, grantor: InstalledApp, github: Sandbox
) -> None:
    github.suspend(grantor.installation)
    cause, _ = failing(connection)
    assert "installation has been suspended" in cause
    assert "An owner of the account can end that" in cause
    github.unsuspend(grantor.installation)
    connection.time_passes(60)
    assert works(connection)
    assert (connection.row.status, connection.row.cause) == (Status.HEALTHY, "")
    assert events(LOST) == []


def test_one_that_is_suspended_while_its_token_lives_is_found_by_a_check(
    connection: Stored, grantor: InstalledApp, github: Sandbox
) -> None:
    connection.ends_in(3000)
    github.suspend(grantor.installation)
    health.check(connection.id)
    row = connection.row
    assert (row.status, "An owner of the account can end that" in row.cause) == (Status.FAILING, True)
    github.unsuspend(grantor.installation)
    health.check(connection.id)
    assert (connection.row.status, connection.row.cause) == (Status.HEALTHY, "")
    assert grantor.refreshes() == 0


def assert_tells_how_to_renew(cure: str, grantor: InstalledApp) -> None:
    assert cure.startswith("Set the GitHub App's id, private key and present secret")
    assert "at the registered instance" in cure
    for variable in set(grantor.variables()) - {"INF_APP_CONNECTION_GITHUB_APP_HOST"}:
        assert variable in cure


def test_a_private_key_that_is_out_of_use_is_named_and_the_new_one_heals_it(
    connection: Stored, grantor: InstalledApp, settings: Any
) -> None:
    new = grantor.application.renew_private_key()
    cause, cure = failing(connection)
    assert "Check the App's id and private key" in cause
    assert_tells_how_to_renew(cure, grantor)
    assert new not in cause
    settings.APP_CONNECTION_VARIABLES = {**settings.APP_CONNECTION_VARIABLES, KEY: new}
    connection.time_passes(60)
    assert works(connection)


def test_the_new_key_of_a_registered_instance_heals_it(
    connection: Stored, grantor: InstalledApp, github: Sandbox, settings: Any
) -> None:
    new = grantor.application.renew_private_key()
    failing(connection)
    settings.APP_CONNECTION_VARIABLES = {}
    organization_id = connection.row.organization_id
    instance = Instance.objects.create(
        organization_id=organization_id, app="github", url=github.url, allow_private=True
    )
    details = {"slug": grantor.application.slug, "appId": str(grantor.application.id)}
    client = Client(instance=instance, kind="app", client_id=grantor.application.client_id, details=details)
    client.seal(ClientSecrets([grantor.application.client_secret], [new]), keys.current_key(organization_id))
    client.save()
    connection.time_passes(60)
    assert works(connection)


def test_an_app_that_was_deleted_is_not_told_as_uninstalled(
    connection: Stored, grantor: InstalledApp, github: Sandbox
) -> None:
    github.delete_application(grantor.application)
    cause, cure = failing(connection)
    assert "does not accept what the GitHub App signed" in cause
    assert_tells_how_to_renew(cure, grantor)
    assert events(LOST) == []


def test_another_app_in_the_environment_takes_no_connection(
    connection: Stored, grantor: InstalledApp, github: Sandbox, settings: Any
) -> None:
    right = settings.APP_CONNECTION_VARIABLES
    settings.APP_CONNECTION_VARIABLES = at_github.app_variables(github, at_github.expiring_app(github))
    cause, cure = failing(connection)
    assert "made with another GitHub App" in cause
    assert_tells_how_to_renew(cure, grantor)
    assert github.requests == []
    settings.APP_CONNECTION_VARIABLES = right
    connection.time_passes(60)
    assert works(connection)
