"""Starting the service: what it needs, what it refuses, what survives."""

import base64
import concurrent.futures
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from django.db import connection

from sandbox.gitlab import Sandbox
from tests.connections.requests import body
from tests.server import ROOT, Server, serve_once, wait_until

pytestmark = pytest.mark.xdist_group("servers")

OTHER_KEY = base64.b64encode(bytes(32)).decode()
SET_UP = {"email": "admin@example.com", "password": "correct horse", "organization": "Example"}


def bootstrapped(server: Server) -> requests.Session:
    """Set up the instance, and return a session of its admin identity."""
    answer = requests.post(f"{server.url}/api/v1/admin/bootstrap", json=SET_UP, timeout=30)
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {answer.json()['identity']['credentials']['token']}"
    return session


def post(server: Server, session: requests.Session, given: dict[str, Any]) -> requests.Response:
    return session.post(f"{server.url}/api/v1/app-connections/gitlab", json=given, timeout=60)


OAUTH = "INF_APP_CONNECTION_GITLAB_OAUTH"


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"ENCRYPTION_KEY": ""}, "ENCRYPTION_KEY is not set"),
        ({"ENCRYPTION_KEY": "too short"}, "ENCRYPTION_KEY must be 32 random bytes in base64"),
        ({"ENCRYPTION_KEY_FALLBACKS": "bad"}, "ENCRYPTION_KEY_FALLBACKS must be 32 random bytes in base64"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "too short"}, "it needs 32 random characters"),
        ({"DEBUG": "true", "HOST": "0.0.0.0"}, "DEBUG shows settings"),
        ({"SITE_URL": "connections.example.com"}, "SITE_URL must be a URL"),
        ({"ALLOWED_INTERNAL_HOSTS": "10.0.0.0/99"}, "ALLOWED_INTERNAL_HOSTS"),
        ({"EXTRA_CA_CERTS": "/nowhere/ca.pem"}, "EXTRA_CA_CERTS"),
        ({"OIDC_ISSUER": "http://login.example.com"}, "OIDC_ISSUER must be a URL like https"),
        ({"OIDC_ISSUER": "https://login.example.com"}, "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET"),
        ({"TRUSTED_PROXIES": "10.0.0.0/99"}, "TRUSTED_PROXIES"),
        ({"ALLOW_INTERNAL_IP_CONNECTIONS": "perhaps"}, "ALLOW_INTERNAL_IP_CONNECTIONS"),
        ({"RATE_LIMIT_LOGIN": "many"}, "RATE_LIMIT_LOGIN"),
        ({"EMAIL_URL": "mail.example.com"}, "EMAIL_URL must be like"),
        ({f"{OAUTH}_CLIENT_ID": "alone"}, "set both or neither"),
        ({f"{OAUTH}_CLIENT_ID": "a", f"{OAUTH}_CLIENT_SECRET": " , "}, f"{OAUTH}_CLIENT_SECRET holds no secret"),
        ({f"{OAUTH}_INSTANCE_URL": "gitlab"}, f"{OAUTH}_INSTANCE_URL"),
    ],
)
def test_a_setting_that_cannot_work_stops_the_start_and_is_named(
    tmp_path: Path, environment: dict[str, str], reason: str
) -> None:
    run = serve_once(tmp_path, environment)
    assert run.returncode != 0
    assert reason in run.stderr
    assert "Traceback" not in run.stderr


def test_another_key_than_the_one_that_sealed_the_database_stops_the_start(tmp_path: Path) -> None:
    with Sandbox() as gitlab, Server(tmp_path) as server:
        assert post(server, bootstrapped(server), body(gitlab)).status_code == 200
    run = serve_once(tmp_path, {"ENCRYPTION_KEY": OTHER_KEY})
    assert run.returncode != 0
    assert "ENCRYPTION_KEY is not the key that sealed this database" in run.stderr
    assert "Traceback" not in run.stderr
    with Server(tmp_path):
        pass  # the right key still does


@pytest.mark.django_db(transaction=True)
def test_it_serves_on_the_database_of_this_run(tmp_path: Path) -> None:
    """On PostgreSQL too, with its connection pool; the test's own database is used, so no new one is made."""
    with Sandbox() as gitlab, Server(tmp_path, **this_database()) as server:
        session = bootstrapped(server)
        with concurrent.futures.ThreadPoolExecutor(max_workers=16) as pool:
            given = [body(gitlab, name=f"c-{number}") for number in range(16)]
            answers = list(pool.map(lambda one: post(server, session, one), given))
        assert {answer.status_code for answer in answers} == {200}
        listed = session.get(f"{server.url}/api/v1/app-connections", timeout=30).json()
        assert len(listed["appConnections"]) == 16


def this_database() -> dict[str, str]:
    if connection.vendor == "sqlite":
        return {}
    url, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    return {"DATABASE_URL": f"{url}/{connection.settings_dict['NAME']}"}


def test_a_setting_can_be_given_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("not a key")
    run = serve_once(tmp_path, {"ENCRYPTION_KEY": "", "ENCRYPTION_KEY_FILE": str(secret)})
    assert "ENCRYPTION_KEY must be 32 random bytes in base64" in run.stderr


def test_it_says_in_one_line_where_to_go(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        assert f"App Connections serves at {server.url}" in server.output
        assert requests.get(f"{server.url}/api/docs", timeout=30).status_code == 200
    assert stat.S_IMODE((tmp_path / "app.sqlite3").stat().st_mode) == 0o600


def test_the_first_run_writes_fresh_keys_once(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    write = [sys.executable, str(ROOT / "config" / "first_run.py"), str(file)]
    subprocess.run(write, check=True, capture_output=True)
    written = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(base64.b64decode(written.partition("ENCRYPTION_KEY=")[2].strip())) == 32
    subprocess.run(write, check=True, capture_output=True)
    assert file.read_text() == written
    other = tmp_path / "other"
    subprocess.run([*write[:2], str(other)], check=True, capture_output=True)
    assert other.read_text() != written


def test_a_killed_process_leaves_nothing_half_stored(tmp_path: Path) -> None:
    with Sandbox() as gitlab:
        with Server(tmp_path) as server:
            session = bootstrapped(server)
            gitlab.misbehave("hang", "/api/v4/user", times=1)
            with concurrent.futures.ThreadPoolExecutor() as pool:
                waiting = pool.submit(post, server, session, body(gitlab))
                wait_until(lambda: any(request.path == "/api/v4/user" for request in gitlab.requests))
                server.stop(signal.SIGKILL)
                with pytest.raises(requests.ConnectionError):
                    waiting.result()
        with Server(tmp_path) as server:
            listed = session.get(f"{server.url}/api/v1/app-connections", timeout=30).json()
            assert listed == {"appConnections": []}
            server.stop(signal.SIGTERM)
        with sqlite3.connect(tmp_path / "app.sqlite3") as database:
            kinds = {kind for (kind,) in database.execute("SELECT type FROM audit_auditevent")}
    assert "create-app-connection" not in kinds


def test_senders_of_slow_bodies_do_not_take_the_server(tmp_path: Path) -> None:
    head = b"POST /api/v1/auth/universal-auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nx"
    with Server(tmp_path) as server, ExitStack() as sockets:
        for _ in range(100):
            slow = sockets.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            slow.sendall(head)
        for _ in range(20):
            assert requests.get(f"{server.url}/healthcheck", timeout=10).status_code == 200


def test_others_are_answered_while_gitlab_hangs(tmp_path: Path) -> None:
    with Sandbox() as gitlab, Server(tmp_path) as server:
        session = bootstrapped(server)
        gitlab.misbehave("hang", "/api/v4/user")
        given = [body(gitlab, name=f"c-{number}") for number in range(40)]
        with concurrent.futures.ThreadPoolExecutor(max_workers=40) as pool:
            waiting = [pool.submit(post, server, session, one) for one in given]
            wait_until(lambda: len(gitlab.requests) >= 8)
            for _ in range(20):
                assert session.get(f"{server.url}/api/v1/app-connections", timeout=10).status_code == 200
            assert not all(one.done() for one in waiting), "GitLab still hangs"
            gitlab.behave()
            answers = [one.result() for one in waiting]
        assert {answer.status_code for answer in answers} <= {200, 400, 429}
