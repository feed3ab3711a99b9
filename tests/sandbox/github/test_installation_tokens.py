from datetime import datetime
from typing import Any

import pytest

from sandbox.github import Sandbox
from sandbox.github.applications import App
from sandbox.github.installations import Installation
from tests.sandbox.github.client import Client, names, refused, signed


@pytest.fixture
def app(client: Client) -> App:
    return client.app()


@pytest.fixture
def installation(github: Sandbox, app: App) -> Installation:
    github.repository("acme/api", environments=["production"])
    github.repository("acme/web")
    github.repository("bob/notes")
    return github.install(app, "acme")


def test_a_token_lives_an_hour(client: Client, app: App, installation: Installation) -> None:
    answer = client.installation_token(app, installation.id)
    assert answer.status_code == 201
    told = answer.json()
    assert told["token"].startswith("ghs_")
    assert told["permissions"] == app.permissions
    assert told["repository_selection"] == "all"
    assert told["expires_at"].endswith("Z")
    expires_at = datetime.fromisoformat(told["expires_at"]).timestamp()
    assert expires_at == pytest.approx(client.github.clock.now() + 3600, abs=5)
    client.github.travel(3590)
    assert client.get("/installation/repositories", told["token"]).status_code == 200
    client.github.travel(11)
    assert refused(client.get("/installation/repositories", told["token"]), 401, "Bad credentials")


def test_it_reaches_what_the_app_is_installed_on(client: Client, app: App, installation: Installation) -> None:
    answer = client.get("/installation/repositories", client.installed_token(app, installation.id))
    assert names(answer, "repositories") == ["acme/api", "acme/web"]
    assert answer.json()["total_count"] == 2
    assert answer.json()["repository_selection"] == "all"
    assert "x-oauth-scopes" not in answer.headers
    page = client.get("/installation/repositories?per_page=1", client.installed_token(app, installation.id))
    assert page.json()["total_count"] == 2
    assert page.headers["Link"].endswith('rel="last"')


def test_it_reaches_its_environments(client: Client, app: App, installation: Installation) -> None:
    token = client.installed_token(app, installation.id)
    assert names(client.get("/repos/acme/api/environments", token), "environments") == ["production"]
    assert refused(client.get("/repos/bob/notes/environments", token), 404, "Not Found")


def test_it_stands_for_nobody(client: Client, app: App, installation: Installation) -> None:
    token = client.installed_token(app, installation.id)
    for path in ("/user", "/user/repos", "/user/orgs", "/user/installations"):
        assert refused(client.get(path, token), 403, "Resource not accessible by integration")


def test_others_are_no_installation(client: Client) -> None:
    answer = client.get("/installation/repositories", client.github.personal_token().value)
    assert answer.status_code == 403
    assert "installation access token" in answer.json()["message"]


def test_several_live_at_once(client: Client, app: App, installation: Installation) -> None:
    tokens = [client.installed_token(app, installation.id) for _ in range(3)]
    assert len(set(tokens)) == 3
    assert {client.get("/installation/repositories", token).status_code for token in tokens} == {200}


def test_one_can_be_revoked(client: Client, app: App, installation: Installation) -> None:
    kept, revoked = (client.installed_token(app, installation.id) for _ in range(2))
    url = f"{client.github.url}/api/v3/installation/token"
    answer = client.http.delete(url, headers={"Authorization": f"Bearer {revoked}"}, timeout=5)
    assert (answer.status_code, answer.content) == (204, b"")
    assert refused(client.get("/installation/repositories", revoked), 401, "Bad credentials")
    assert client.get("/installation/repositories", kept).status_code == 200


def test_it_can_be_narrowed(client: Client, app: App, installation: Installation) -> None:
    asked: dict[str, Any] = {"repositories": ["web"], "permissions": {"metadata": "read"}}
    told = client.installation_token(app, installation.id, **asked).json()
    assert told["permissions"] == {"metadata": "read"}
    assert told["repository_selection"] == "selected"
    assert [each["full_name"] for each in told["repositories"]] == ["acme/web"]
    assert names(client.get("/installation/repositories", told["token"]), "repositories") == ["acme/web"]
    answer = client.get("/repos/acme/web/environments", told["token"])
    assert refused(answer, 403, "Resource not accessible by integration")
    assert answer.headers["x-accepted-github-permissions"] == "actions=read"
    assert refused(client.get("/repos/acme/api/environments", told["token"]), 404, "Not Found")


@pytest.mark.parametrize(
    "asked",
    [
        {"permissions": {"administration": "write"}},
        {"permissions": {"metadata": "write"}},
        {"repositories": ["notes"]},
        {"repository_ids": [1]},
        {"permissions": ["metadata"]},
        {"repositories": 5},
    ],
)
def test_it_cannot_be_widened(client: Client, app: App, installation: Installation, asked: dict[str, Any]) -> None:
    assert client.installation_token(app, installation.id, **asked).status_code == 422


def test_an_unknown_installation_and_anothers_are_not_found(
    client: Client, app: App, installation: Installation
) -> None:
    other = client.app("Other")
    for asking, number in ((app, 1), (other, installation.id)):
        assert refused(client.installation_token(asking, number), 404, "Not Found")


def test_one_that_is_gone_takes_its_tokens_along(client: Client, app: App, installation: Installation) -> None:
    token = client.installed_token(app, installation.id)
    client.github.uninstall(installation)
    assert refused(client.installation_token(app, installation.id), 404, "Not Found")
    assert refused(client.get("/installation/repositories", token), 401, "Bad credentials")


def test_installed_again_it_has_another_number(client: Client, app: App, installation: Installation) -> None:
    again = client.github.reinstall(installation)
    assert again.id != installation.id
    assert refused(client.installation_token(app, installation.id), 404, "Not Found")
    assert client.installation_token(app, again.id).status_code == 201
    assert client.get("/orgs/acme/installation", signed(app)).json()["id"] == again.id


def test_a_suspended_one_gives_and_takes_nothing(client: Client, app: App, installation: Installation) -> None:
    token = client.installed_token(app, installation.id)
    client.github.suspend(installation)
    message = "This installation has been suspended"
    assert refused(client.installation_token(app, installation.id), 403, message)
    assert refused(client.get("/installation/repositories", token), 403, message)
    assert client.get("/orgs/acme/installation", signed(app)).json()["suspended_at"].endswith("Z")
    client.github.unsuspend(installation)
    assert client.get("/installation/repositories", token).status_code == 200


def test_the_selected_repositories_are_all_there_is(client: Client, app: App) -> None:
    client.github.repository("acme/api")
    client.github.repository("acme/web")
    installation = client.github.install(app, "acme", ["acme/web"])
    answer = client.get("/installation/repositories", client.installed_token(app, installation.id))
    assert names(answer, "repositories") == ["acme/web"]
    assert answer.json()["repository_selection"] == "selected"
    assert client.github.reinstall(installation).selected == installation.selected
