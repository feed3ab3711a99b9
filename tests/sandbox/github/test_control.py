from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.github.client import CALLBACK, Client, query, signed
from tests.sandbox.running import told

Call = Callable[..., Any]


@pytest.fixture
def call(client: Client) -> Call:
    return told(client.http, client.github.url)


def test_a_world_can_be_made(client: Client, call: Call) -> None:
    call("organization", login="robots", members={"eve": "admin"})
    made = call("repository", full_name="robots/arm", environments=["production"])
    assert (made["full_name"], [each["name"] for each in made["environments"]]) == ("robots/arm", ["production"])
    token = call("personal_token", user="eve", scopes=["repo"], expires_at="2099-01-01T10:00:00+00:00")
    answer = client.get("/user/repos", token["value"])
    assert answer.json()[0]["full_name"] == "robots/arm"
    assert answer.headers["github-authentication-token-expiration"] == "2099-01-01 10:00:00 UTC"
    call("revoke", value=token["value"])
    assert client.get("/user", token["value"]).status_code == 401


def test_an_app_can_be_made_and_installed(client: Client, call: Call) -> None:
    made = call("app", name="Robots", callback_urls=[CALLBACK])
    app = client.github.find_app(made["client_id"])
    installation = call("install", app=made["client_id"], account="acme")
    assert (installation["account"]["login"], installation["repository_selection"]) == ("acme", "all")
    assert client.installation_token(app, installation["id"], signed(app, key=made["private_key"])).ok
    call("suspend", installation=installation["id"])
    assert client.installation_token(app, installation["id"]).status_code == 403
    again = call("reinstall", installation=installation["id"])
    assert again["id"] != installation["id"]
    call("uninstall", installation=again["id"])
    assert client.installation_token(app, again["id"]).status_code == 404


def test_a_grant_can_be_made_and_aged(client: Client, call: Call) -> None:
    made = call("app", name="Robots", callback_urls=[CALLBACK])
    pair = call("grant", application=made["client_id"], user="ann")
    assert pair["refresh_token"].startswith("ghr_")
    assert client.get("/user", pair["access_token"]).status_code == 200
    call("travel", seconds=28_801)
    assert client.get("/user", pair["access_token"]).status_code == 401


def test_people_can_be_sent_through_the_pages(client: Client, call: Call) -> None:
    application = client.oauth_application()
    assert "code" in query(call("approve", authorize_url=client.authorize_url(application), user="ann"))
    assert query(call("deny", authorize_url=client.authorize_url(application)))["error"] == "access_denied"
    manifest = {"name": "Made", "url": "https://a.example", "redirect_url": "https://a.example/made"}
    form_url = f"{client.github.url}/settings/apps/new"
    back = call("create_from_manifest", form_url=form_url, manifest=manifest, state="st4te")
    assert query(back).keys() == {"code", "state"}
    made = client.app("Robots")
    assert "installation_id" in query(call("install_in_browser", install_url=client.install_url(made)))


def test_it_stays_reachable_while_everything_misbehaves(client: Client, call: Call) -> None:
    call("misbehave", kind="hang")
    assert call("behave") == {}
    assert client.get("/user").status_code == 401
    recorded = client.http.get(f"{client.github.url}/-/sandbox/requests", timeout=5).json()
    assert [(each["path"], each["status"]) for each in recorded] == [("/api/v3/user", 401)]


@pytest.mark.parametrize(("method", "status"), [("stop", 404), ("revoke", 400), ("install", 400)])
def test_only_the_named_methods_with_their_arguments_can_be_called(
    client: Client, method: str, status: int
) -> None:
    answer = client.http.post(f"{client.github.url}/-/sandbox/{method}", json={"app": "nobody"}, timeout=5)
    assert answer.status_code == status
    assert answer.json()["error"]
