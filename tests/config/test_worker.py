"""The worker beside the server: it starts with it, does its work without a request, and ends with it."""

import os
import signal
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.clients import SET_UP
from tests.connections import oauth
from tests.server import Server, wait_until


def worker_of(server: Server) -> int:
    """Return the process id of the server's worker, 0 for none."""
    assert server.process is not None
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = [int(child) for child in children if b"run_worker" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return found[0] if found else 0


def is_running(pid: int) -> bool:
    """Tell whether a process lives; one that has ended and was not waited for has no command line."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def connect(server: Server, gitlab: Sandbox, application: Application) -> None:
    """Set the instance up, and make a connection by OAuth."""
    made = requests.post(f"{server.url}/api/v1/admin/bootstrap", json=SET_UP, timeout=30).json()
    body = {"name": "a", "method": "oauth", "credentials": {"code": oauth.code(gitlab, application)}}
    headers = {"Authorization": f"Bearer {made['identity']['credentials']['token']}"}
    answer = requests.post(f"{server.url}/api/v1/app-connections/gitlab", json=body, headers=headers, timeout=30)
    assert answer.ok, answer.text


def test_a_token_that_ends_soon_is_refreshed_without_a_request(gitlab: Sandbox, tmp_path: Path) -> None:
    application = gitlab.application(redirect_uris=[oauth.CALLBACK], scopes=oauth.SCOPES)
    environment = {**oauth.variables(gitlab, application), "SITE_URL": "http://127.0.0.1:8000"}
    with Server(tmp_path, **environment) as server:
        connect(server, gitlab, application)
    with sqlite3.connect(tmp_path / "app.sqlite3") as database:
        database.execute("UPDATE connections_appconnection SET token_expires_at = '2026-01-01 00:00:00'")
    with Server(tmp_path, **environment, RUN_WORKER="true"):
        wait_until(lambda: oauth.token_requests(gitlab) == 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_worker_ends_with_the_server(tmp_path: Path, number: signal.Signals) -> None:
    with Server(tmp_path, RUN_WORKER="true") as server:
        worker = worker_of(server)
        assert worker
        assert server.process is not None
        server.process.send_signal(number)
        server.process.wait()
        wait_until(lambda: not is_running(worker))
        with suppress(ProcessLookupError):  # SIGKILL leaves the processes that it did not reach
            os.killpg(server.process.pid, signal.SIGKILL)


def test_a_worker_that_runs_by_itself_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with Server(tmp_path, RUN_WORKER="true") as server:
        worker = worker_of(server)
        os.kill(worker, signal.SIGTERM)
        wait_until(lambda: not is_running(worker))
        assert server.is_up()


def test_a_server_can_go_without_a_worker(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        assert worker_of(server) == 0
