"""The product as a process of its own: `manage.py serve`, on a free port and a database in a temporary folder."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import requests

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0


class Server:
    """Started on entry, stopped on exit. `output` is what it printed, complete once it has stopped."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'app.sqlite3'}",
            "SITE_URL": self.url,
            "PORT": str(self.port),
            "RUN_WORKER": "false",
            **environment,
        }
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(lambda: self.process is not None and (self.process.poll() is not None or self.is_up()))
        assert self.process.poll() is None, self.output
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop(signal.SIGTERM)

    @property
    def output(self) -> str:
        return self.log.read_text()

    def is_up(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthcheck", timeout=5).ok
        except requests.RequestException:
            return False

    def stop(self, number: signal.Signals) -> None:
        """End the server as a supervisor does: a signal to its first process, SIGKILL to all of them."""
        assert self.process is not None
        if self.process.poll() is not None:
            return
        if number is signal.SIGKILL:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            raise


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until `condition` holds; fails after `seconds`."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError("it never came true")


def serve_once(folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `manage.py serve` where it is expected to refuse to start."""
    return subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'app.sqlite3'}",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
