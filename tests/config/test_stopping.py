"""However and whenever it is told to stop, each process of the server ends by itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.server import PATIENCE, ROOT, free_port, wait_until

pytestmark = pytest.mark.xdist_group("servers")
TIMES = 4
WORKERS = 2


def to_each(send: Callable[[int, int], None], *numbers: int) -> Callable[[int], None]:
    def tell(process: int) -> None:
        for number in numbers:
            send(process, number)

    return tell


WAYS = {
    "a supervisor": to_each(os.kill, signal.SIGTERM),
    "Ctrl-C": to_each(os.killpg, signal.SIGINT),
    "a signal to the whole group": to_each(os.killpg, signal.SIGTERM),
    "an impatient supervisor": to_each(os.kill, signal.SIGINT, signal.SIGTERM, signal.SIGINT),
    "everybody at once": to_each(os.killpg, signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGTERM),
}
COMMAND = ["--interface=wsgi", f"--workers={WORKERS}", "--blocking-threads=4", "--respawn-failed-workers"]
COMMAND += ["--log-level=info", "wsgiref.simple_server:demo_app"]


class Stopping:
    """A server of a small application, which starts at once. It kills no worker: one that hangs would stay."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.port = free_port()
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.server", f"--port={self.port}", *COMMAND],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/", timeout=5).ok
        except requests.RequestException:
            return False

    def is_complete(self) -> bool:
        return self.log.read_text().count("Started worker-") == WORKERS and self.answers()

    def is_starting(self) -> bool:
        return "Spawning worker-" in self.log.read_text()

    def stop(self, tell: Callable[[int], None]) -> None:
        try:
            tell(self.process.pid)
            self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(PATIENCE)


@pytest.mark.parametrize("moment", [Stopping.is_starting, Stopping.answers, Stopping.is_complete])
@pytest.mark.parametrize("tell", WAYS.values(), ids=WAYS)
def test_each_process_ends_by_itself(
    tmp_path: Path, tell: Callable[[int], None], moment: Callable[[Stopping], bool]
) -> None:
    for number in range(TIMES):
        server = Stopping(tmp_path / f"{number}.log")
        wait_until(lambda server=server: moment(server))  # type: ignore[misc]
        server.stop(tell)
        assert "Granian shutdown completed" in server.log.read_text()
