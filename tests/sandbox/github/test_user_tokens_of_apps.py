import pytest

from sandbox.github.applications import App
from tests.sandbox.github.client import Client, names, refused


@pytest.fixture
def app(client: Client) -> App:
    return client.app()


def test_the_persons_installations_of_that_app_are_listed(client: Client, app: App) -> None:
    client.github.user("cyd")
    client.github.repository("cyd/shared", admins=["bob"])
    on_acme = client.github.install(app, "acme")
    on_cyd = client.github.install(app, "cyd")
    client.github.install(client.app("Other"), "acme")
    seen = {}
    for user in ("ann", "bob", "dan"):
        answer = client.get("/user/installations", client.github.grant(app, user).access_token).json()
        assert answer["total_count"] == len(answer["installations"])
        seen[user] = [each["id"] for each in answer["installations"]]
    assert seen == {"ann": [on_acme.id], "bob": [on_acme.id, on_cyd.id], "dan": []}


@pytest.mark.parametrize("kind", ["personal", "oauth"])
def test_only_github_apps_may_list_them(client: Client, kind: str) -> None:
    pat = client.github.personal_token().value
    token = pat if kind == "personal" else client.github.grant(client.oauth_application()).access_token
    answer = client.get("/user/installations", token)
    assert answer.status_code == 403
    assert "authorized to a GitHub App" in answer.json()["message"]


def test_it_reaches_what_both_the_person_and_the_app_reach(client: Client, app: App) -> None:
    for full_name in ("acme/api", "acme/web", "ann/notes"):
        client.github.repository(full_name, environments=["production"])
    token = client.github.grant(app, "ann").access_token
    assert client.get("/user/repos", token).json() == []
    installation = client.github.install(app, "acme", ["api"])
    assert names(client.get("/user/repos", token)) == ["acme/api"]
    assert client.get("/repos/acme/api/environments", token).status_code == 200
    assert refused(client.get("/repos/acme/web/environments", token), 404, "Not Found")
    client.github.suspend(installation)
    assert client.get("/user/repos", token).json() == []


def test_it_may_do_what_the_app_may(client: Client) -> None:
    app = client.app(permissions={"metadata": "read"})
    client.github.repository("acme/api")
    client.github.install(app, "acme")
    answer = client.get("/repos/acme/api/environments", client.github.grant(app).access_token)
    assert refused(answer, 403, "Resource not accessible by integration")


def test_a_deleted_app_leaves_nothing(client: Client, app: App) -> None:
    installation = client.github.install(app, "acme")
    token, own = client.github.grant(app).access_token, client.installed_token(app, installation.id)
    client.github.delete_application(app)
    assert refused(client.get("/user", token), 401, "Bad credentials")
    assert refused(client.get("/installation/repositories", own), 401, "Bad credentials")
    assert refused(client.installation_token(app, installation.id), 404, "Integration not found")
