import signal
from pathlib import Path

import pytest
import requests

from sandbox.gitlab import Sandbox, seed
from tests.sandbox.client import Client
from tests.sandbox.running import running


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_stops_when_told(http: requests.Session, number: signal.Signals) -> None:
    with running("GitLab") as (process, url):
        answer = http.get(f"{url}/api/v4/user", headers={"PRIVATE-TOKEN": seed.PERSONAL}, timeout=5)
        assert answer.json()["username"] == "ann"
        process.send_signal(number)
        assert process.wait(timeout=5) == 0


def test_it_serves_https_below_a_path_with_many_projects(http: requests.Session, tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    options = ("--tls", "--ca-file", str(authority), "--relative-url-root", "/gitlab", "--project-count", "250")
    with running("GitLab", *options) as (_, url):
        assert url.startswith("https://127.0.0.1:")
        assert url.endswith("/gitlab")
        http.verify = str(authority)
        http.headers["PRIVATE-TOKEN"] = seed.PERSONAL
        answer = http.get(f"{url}/api/v4/projects?per_page=100", timeout=5)
        assert answer.headers["X-Total"] == "256"


def test_the_demo_tokens_are_what_their_names_say(gitlab: Sandbox, client: Client) -> None:
    seed.seed_demo(gitlab)
    statuses = {value: client.get("/api/v4/user", value).status_code for value in seed.TOKENS}
    assert statuses == {
        "glpat-demo-personal": 200,
        "glpat-demo-project": 200,
        "glpat-demo-group": 200,
        "glpat-demo-readonly": 200,
        "glpat-demo-expired": 401,
        "glpat-demo-revoked": 401,
    }
    readonly = client.get("/api/v4/personal_access_tokens/self", seed.READ_ONLY).json()
    assert readonly["scopes"] == ["read_api"]
