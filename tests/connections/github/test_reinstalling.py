"""An App that is installed anew has another installation id, and its old token is dead at once."""

import pytest
from django.utils import timezone

from connections import health
from connections.models import AppConnection
from connections.states import Status
from sandbox.github import Sandbox
from sandbox.github.installations import Installation
from tests.clients import Api
from tests.connections.github import world
from tests.connections.github.requests import connected, installed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clients")]


@pytest.fixture
def path(admin: Api, github: Sandbox) -> str:
    """The path of a connection of the App, where it is installed on an organization."""
    github.organization("moving", members={"olga": "admin"})
    github.repository("moving/van")
    return connected(admin, installed(github, "moving"))


def there(github: Sandbox) -> Installation:
    """Return where the App is installed."""
    found = github.hub.installations.on(world.app_at(github), github.world.account("moving"))
    assert found is not None
    return found


def let_the_token_end() -> None:
    AppConnection.objects.update(token_expires_at=timezone.now())


def test_it_is_found_by_its_account(admin: Api, github: Sandbox, path: str) -> None:
    again = github.reinstall(there(github))
    let_the_token_end()
    found = admin.get(f"{path}/repositories").json()
    assert [each["name"] for each in found["repositories"]] == ["van"]
    assert AppConnection.objects.get().open_credentials()["installationId"] == str(again.id)


def test_a_check_does_not_wait_for_the_dead_token_to_end(admin: Api, github: Sandbox, path: str) -> None:
    github.reinstall(there(github))
    health.check(AppConnection.objects.get().id)
    assert AppConnection.objects.get().status == Status.HEALTHY
    assert admin.get(f"{path}/repositories").status_code == 200


def test_an_app_that_is_gone_has_to_be_installed_again(admin: Api, github: Sandbox, path: str) -> None:
    github.uninstall(there(github))
    let_the_token_end()
    answer = admin.get(f"{path}/repositories")
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "Failed to refresh GitHub token: The GitHub App is not installed on moving any more. "
        "Reconnect the connection."
    )
    assert AppConnection.objects.get().status == Status.RECONNECT_REQUIRED


def test_what_was_found_gone_comes_back_by_no_installation(admin: Api, github: Sandbox, path: str) -> None:
    """An owner who had uninstalled the App may install it again for others."""
    github.uninstall(there(github))
    health.check(AppConnection.objects.get().id)
    github.install(world.app_at(github), "moving")
    let_the_token_end()
    health.check(AppConnection.objects.get().id)
    assert admin.get(f"{path}/repositories").status_code == 400
    assert AppConnection.objects.get().status == Status.RECONNECT_REQUIRED
