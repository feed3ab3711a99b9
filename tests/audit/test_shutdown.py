"""However a process ends in good order, what it noted is in the database."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.server import ROOT, Server

pytestmark = pytest.mark.xdist_group("servers")
SET_UP = {"email": "admin@example.com", "password": "correct horse", "organization": "Example"}

BEGINNING = """
import os, sys
import django
from django.core.management import call_command
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
call_command("migrate", verbosity=0)
from audit import log
from tests.audit.events import ACTOR, ORGANIZATION
log.FLUSH_SECONDS = 3600

def note(number):
    log.note(log.Event.GET_APP_CONNECTION, actor=ACTOR, organization_id=ORGANIZATION, number=number)
"""

ENDINGS = {
    "the end of the script": "note(1)",
    "sys.exit": "note(1); sys.exit(3)",
    "an exception": "note(1); raise ValueError",
    "a worker of multiprocessing, forked": """
import multiprocessing
worker = multiprocessing.get_context("fork").Process(target=note, args=(1,))
worker.start(); worker.join()
""",
    "a worker of multiprocessing, after the parent noted": """
import multiprocessing
from django.db import connections
note(1)
connections.close_all()
worker = multiprocessing.get_context("fork").Process(target=note, args=(2,))
worker.start(); worker.join()
""",
    "a fork with the lock held": """
from django.db import connections
note(1)
connections.close_all()
with log.buffer._lock:
    child = os.fork()
if child == 0:
    note(2)
    log.buffer.stop()
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
""",
    "a fork with a thread running": """
import threading
from django.db import connections
note(1)
connections.close_all()
child = os.fork()
if child == 0:
    log.FLUSH_SECONDS = 0.01
    note(2)
    pause = threading.Event()
    from audit.models import AuditEvent
    while AuditEvent.objects.filter(metadata__number=2).count() == 0:
        pause.wait(0.01)
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
""",
}


def noted(database: Path, types: str = "get-app-connection") -> int:
    with closing(sqlite3.connect(database)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM audit_auditevent WHERE type = ?", [types]).fetchone()
        return int(count)


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_an_event_outlives_its_process(tmp_path: Path, ending: str) -> None:
    database = tmp_path / "app.sqlite3"
    run = subprocess.run(
        [sys.executable, "-c", BEGINNING + ending],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert noted(database) == 1 + ending.count("note(2)") + ending.count("args=(2,)"), run.stderr
    assert "audit event" not in run.stderr


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to the first process", "to all of them"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_read_just_before_the_server_stopped_is_in_the_log(
    tmp_path: Path, number: signal.Signals, send: Callable[[int, int], None]
) -> None:
    with Server(tmp_path, WORKERS="2", THREADS="4") as server:
        made = requests.post(f"{server.url}/api/v1/admin/bootstrap", json=SET_UP, timeout=30).json()
        headers = {"Authorization": f"Bearer {made['identity']['credentials']['token']}"}
        for _ in range(20):
            answer = requests.get(f"{server.url}/api/v1/app-connections", headers=headers, timeout=30)
            assert answer.status_code == 200
        assert server.process
        send(server.process.pid, number)
        server.process.wait(60)
    assert noted(tmp_path / "app.sqlite3", "get-app-connections") == 20, server.output
