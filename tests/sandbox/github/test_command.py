import signal
from pathlib import Path

import pytest
import requests

from sandbox.github import Sandbox, seed
from tests.sandbox.github.client import Client, names, query, signed
from tests.sandbox.running import running


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_stops_when_told(http: requests.Session, number: signal.Signals) -> None:
    with running("GitHub") as (process, url):
        headers = {"Authorization": f"Bearer {seed.CLASSIC}"}
        assert http.get(f"{url}/api/v3/user", headers=headers, timeout=5).json()["login"] == "ann"
        process.send_signal(number)
        assert process.wait(timeout=5) == 0


def test_it_serves_https_and_hands_out_the_key_of_its_app(http: requests.Session, tmp_path: Path) -> None:
    authority, key = tmp_path / "ca.pem", tmp_path / "app.pem"
    with running("GitHub", "--tls", "--ca-file", str(authority), "--app-key-file", str(key)) as (_, url):
        assert url.startswith("https://127.0.0.1:")
        http.verify = str(authority)
        with Sandbox() as another:
            app = another.app(client_id=seed.APP_CLIENT_ID, private_key=key.read_text())
        headers = {"Authorization": f"Bearer {signed(app)}"}
        assert http.get(f"{url}/api/v3/app", headers=headers, timeout=5).json()["slug"] == seed.APP_SLUG


def test_the_demo_world_is_what_it_says(github: Sandbox, client: Client) -> None:
    seed.seed_demo(github)
    statuses = {value: client.get("/user", value).status_code for value in seed.TOKENS}
    assert statuses == {"ghp_demoClassic": 200, "github_pat_demoFineGrained": 200, "ghp_demoExpired": 401}
    assert names(client.get("/user/repos", seed.CLASSIC)) == [
        *("acme/api", "acme/infrastructure", "acme/web", "ann/dotfiles"),
    ]
    assert names(client.get("/user/orgs", seed.CLASSIC)) == ["acme"]
    environments = client.get("/repos/acme/api/environments", seed.FINE_GRAINED)
    assert names(environments, "environments") == ["production", "staging"]


def test_the_demo_applications_send_people_to_the_product(github: Sandbox, client: Client) -> None:
    seed.seed_demo(github, product_port="8123")
    callback = f"http://localhost:8123{seed.CALLBACK}"
    for client_id in (seed.CLIENT_ID, seed.APP_CLIENT_ID):
        application = github.find_application(client_id)
        back = github.approve(client.authorize_url(application, redirect_uri=callback))
        assert "access_token" in client.exchange(application, query(back)["code"], redirect_uri=callback)
    app = github.find_app(seed.APP_CLIENT_ID)
    assert app.callback_urls[0] == f"http://127.0.0.1:8123{seed.CALLBACK}"  # where an installation leads back to
    assert client.get("/orgs/acme/installation", signed(app)).json()["app_slug"] == seed.APP_SLUG
