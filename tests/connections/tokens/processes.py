"""Processes of the product beside the test's own: on its database, calling its servers, killed where it says."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection as database

from tests.connections.tokens.database import is_free
from tests.connections.tokens.stored import Stored
from tests.server import PATIENCE, ROOT

ENDED = object()


class Process:
    """One running caller, as `caller.py` tells of it."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self.log = log
        self.is_ready = False
        self._said: queue.Queue[Any] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def says(self) -> Any:
        """Wait for the next thing it says; fails when it has ended."""
        said = self._said.get(timeout=PATIENCE)
        assert said is not ENDED, self.log.read_text()
        return said

    def go_on(self) -> None:
        """Give the word to begin, or to go on where it has stopped."""
        if not self.is_ready:
            assert self.says() == "ready"
            self.is_ready = True
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def reach(self, line: str) -> None:
        """Let it go on and wait until it stops at `line`."""
        self.go_on()
        assert self.says() == line

    def outcomes(self) -> list[dict[str, Any]]:
        """Return what its callers got."""
        found: list[dict[str, Any]] = self.says()
        return found

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def fall_asleep_at(self, line: str) -> None:
        """Let it go on until `line`, and stop all of it there, so that its lease runs out.

        What renews its lease may be at the database just then: then it is woken, and stopped a moment later.
        """
        self.reach(line)
        self._stop()
        while not is_free():
            self.signal(signal.SIGCONT)
            self._stop()

    def _stop(self) -> None:
        self.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def wake_up(self) -> None:
        """Let it go on from where it fell asleep."""
        self.signal(signal.SIGCONT)
        self.go_on()

    def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def close(self) -> None:
        self.kill()
        self._reader.join()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(json.loads(line))
        self._said.put(ENDED)


class Processes:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    @contextmanager
    def start(
        self,
        *connections: Stored,
        callers: int = 1,
        patience: float = 30.0,
        stop_at: str = "",
        lease: float = 0.0,
        busy_timeout: float = 0.0,
        **environment: str,
    ) -> Iterator[Process]:
        """Start a process in which `callers` threads for each connection wait for the word to ask for its token.

        It stops at the line `stop_at`, if given. `lease` and `busy_timeout` are shorter ones, in seconds.
        """
        task = {
            "connections": [str(connection.id) for connection in connections],
            "callers": callers,
            "patience": patience,
            "stop_at": stop_at,
            "lease": lease,
            "busy_timeout": busy_timeout,
        }
        self.count += 1
        log = self.folder / f"process-{self.count}.log"
        with log.open("w") as file:
            process = Process(self._open(task, file, environment), log)
        try:
            yield process
        finally:
            process.close()

    def _open(self, task: dict[str, Any], log: Any, environment: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.connections.tokens.caller", json.dumps(task)],
            cwd=ROOT,
            env={**os.environ, **service(), "DATABASE_URL": url(), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


def service() -> dict[str, str]:
    """Return the environment that gives a process the test's own clients and trust."""
    return {**settings.APP_CONNECTION_VARIABLES, "EXTRA_CA_CERTS": settings.EXTRA_CA_CERTS}


def url() -> str:
    """Return the URL of the test's own database."""
    name = str(database.settings_dict["NAME"])
    if database.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"
