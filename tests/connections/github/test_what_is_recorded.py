"""What GitHub says of credentials is kept as public facts; what is wrong with them as warnings."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections.models import AppConnection
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, body, connected, create, installed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

END = datetime(2199, 1, 31, 12, 30, 15, tzinfo=UTC)
PERMISSIONS = ["actions: read", "environments: write", "metadata: read", "secrets: write"]


def by_token(admin: Api, github: Sandbox, token: str) -> AppConnection:
    create(admin, github, token=token)
    return AppConnection.objects.get()


def details(stored: AppConnection) -> dict[str, list[str]]:
    return {detail["label"]: detail["values"] for detail in stored.details}


# Personal access tokens


def test_a_classic_token(admin: Api, github: Sandbox) -> None:
    stored = by_token(admin, github, github.personal_token(scopes=world.SCOPES, expires_at=END).value)
    assert stored.account == {
        "id": str(github.user("ann").id),
        "username": "ann",
        "name": "Ann",
        "is_bot": False,
    }
    assert stored.scopes == ["repo", "admin:org"]
    assert stored.expires_at == END
    assert details(stored) == {"Token": ["Classic"]}
    assert stored.warnings == []
    assert stored.token_expires_at is None, "it cannot be refreshed"


def test_a_fine_grained_token_has_permissions_that_github_does_not_tell(admin: Api, github: Sandbox) -> None:
    stored = by_token(admin, github, github.personal_token(fine_grained=True, expires_at=END).value)
    assert stored.scopes == []
    assert stored.expires_at == END
    assert details(stored) == {"Token": ["Fine-grained"]}
    assert stored.warnings == []


@pytest.mark.parametrize("fine_grained", [False, True])
def test_a_token_without_expiry_has_none(admin: Api, github: Sandbox, fine_grained: bool) -> None:
    stored = by_token(admin, github, github.personal_token(fine_grained=fine_grained).value)
    assert stored.expires_at is None


@pytest.mark.parametrize(
    ("scopes", "held"), [((), "none"), (("gist",), "gist"), (("public_repo", "read:org"), "public_repo, read:org")]
)
def test_a_classic_token_without_repo_is_warned_of(
    admin: Api, github: Sandbox, scopes: tuple[str, ...], held: str
) -> None:
    stored = by_token(admin, github, github.personal_token(scopes=scopes).value)
    assert stored.warnings == [
        {
            "code": "missing_scope",
            "message": f"The token lacks the scope repo, which secret syncs need; its scopes: {held}.",
        }
    ]


@pytest.mark.parametrize("written", ["2199-01-31 12:30:15 UTC", "2199-01-31 14:30:15 +0200"])
def test_the_end_of_a_token_is_read_in_each_spelling(admin: Api, github: Sandbox, written: str) -> None:
    headers = {"Content-Type": "application/json", "GitHub-Authentication-Token-Expiration": written}
    user = '{"id": 1, "login": "ann", "name": null, "type": "User"}'
    github.misbehave("status", "/api/v3/user", status=200, body=user, headers=headers)
    assert by_token(admin, github, "ghp_whatever").expires_at == END


@pytest.mark.parametrize("written", ["", "soon", "9999-99-99 00:00:00 UTC", "0", "2199-01-31"])
def test_an_end_that_cannot_be_read_is_none(admin: Api, github: Sandbox, written: str) -> None:
    headers = {"Content-Type": "application/json", "GitHub-Authentication-Token-Expiration": written}
    github.misbehave("status", "/api/v3/user", status=200, body='{"id": 1, "login": "ann"}', headers=headers)
    assert by_token(admin, github, "ghp_whatever").expires_at is None


# Grants


def test_a_grant_to_an_oauth_app(admin: Api, github: Sandbox) -> None:
    create(admin, github, "oauth")
    stored = AppConnection.objects.get()
    assert (stored.account or {})["username"] == "ann"
    assert stored.scopes == ["repo", "admin:org"]
    assert details(stored) == {"Granted to": ["An OAuth app"]}
    assert stored.token_expires_at is None, "it ends when it is revoked"
    assert stored.expires_at is None


def test_a_grant_without_scopes_is_not_taken_for_one_to_a_github_app(admin: Api, github: Sandbox) -> None:
    given = body(github, "oauth")
    given["credentials"]["code"] = world.code(github, world.application_at(github), scopes=())
    assert admin.post(GITHUB, given).status_code == 200
    stored = AppConnection.objects.get()
    assert stored.scopes == []
    assert details(stored) == {"Granted to": ["An OAuth app"]}


def test_a_grant_to_a_github_app_in_the_place_of_one_ends_and_is_refreshed(
    admin: Api, github: Sandbox, settings: Any
) -> None:
    app = world.app_at(github)
    settings.APP_CONNECTION_VARIABLES |= {
        f"{world.OAUTH}_CLIENT_ID": app.client_id,
        f"{world.OAUTH}_CLIENT_SECRET": app.client_secret,
    }
    given = body(github, "oauth")
    given["credentials"]["code"] = world.code(github, app)
    assert admin.post(GITHUB, given).status_code == 200
    stored = AppConnection.objects.get()
    assert stored.scopes == []
    assert details(stored) == {"Granted to": ["A GitHub App"]}
    assert "refreshToken" in stored.open_credentials()
    assert stored.token_expires_at is not None
    assert timedelta(hours=7) < stored.token_expires_at - timezone.now() <= timedelta(hours=8)


# Installations


def test_an_installation_on_an_organization(admin: Api, github: Sandbox) -> None:
    create(admin, github, "github-app")
    stored = AppConnection.objects.get()
    app = world.app_at(github)
    assert stored.account == {
        "id": str(github.organization("acme").id),
        "username": "acme",
        "name": f"{app.slug}[bot]",
        "is_bot": True,
    }
    assert stored.scopes == []
    assert details(stored) == {
        "Installed on": ["acme (Organization)"],
        "Permissions": PERMISSIONS,
        "Repositories": ["All, and those to come"],
    }
    assert stored.expires_at is None, "it is the token that ends, and it is made anew"
    assert stored.token_expires_at is not None
    assert timedelta(minutes=50) < stored.token_expires_at - timezone.now() <= timedelta(hours=1)


def test_an_installation_on_a_person_with_selected_repositories(admin: Api, github: Sandbox) -> None:
    github.user("tim")
    for name in ("notes", "blog", "secret-diary"):
        github.repository(f"tim/{name}")
    connected(admin, installed(github, "tim", ["notes", "blog"], user="tim"))
    stored = AppConnection.objects.get()
    assert details(stored)["Installed on"] == ["tim (User)"]
    assert details(stored)["Repositories"] == ["tim/notes", "tim/blog"]


def test_of_many_selected_repositories_some_are_named(admin: Api, github: Sandbox) -> None:
    github.user("lou")
    names = [f"r-{number:02}" for number in range(21)]
    for name in names:
        github.repository(f"lou/{name}")
    connected(admin, installed(github, "lou", names, user="lou"))
    assert details(AppConnection.objects.get())["Repositories"] == [
        *(f"lou/{name}" for name in names[:20]),
        "and more",
    ]


# Replacing


def test_new_credentials_bring_new_facts(admin: Api, github: Sandbox) -> None:
    made = create(admin, github, token=github.personal_token(scopes=("gist",), expires_at=END).value)
    credentials = world.credentials(github, "pat")
    credentials["personalAccessToken"] = github.personal_token("bob", fine_grained=True).value
    admin.patch(f"{GITHUB}/{made['id']}", {"credentials": credentials})
    stored = AppConnection.objects.get()
    assert (stored.account or {})["username"] == "bob"
    assert (stored.scopes, stored.expires_at, stored.warnings) == ([], None, [])
    assert details(stored) == {"Token": ["Fine-grained"]}
