"""The server under test: `manage.py serve`, as `make run` calls it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORES = 2
START_SECONDS = 120.0
STOP_SECONDS = 20.0
SETTLE_SECONDS = 60.0
POLL_SECONDS = 0.01
IDLE_SECONDS = 0.011  # of processor time, at rest, between two looks
LOG_TAIL = 3000


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of one worker in MiB; `proportional` counts pages shared with others in part."""

    resident: float
    proportional: float


class Server:
    """One server, started and stopped as often as need be."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.port = free_port()
        self.environment = {**environment, "PORT": str(self.port)}
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Start on two cores; returns the seconds from exec to the first healthy answer."""
        started = time.perf_counter()
        with two_cores(), self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us, who then stop it
            )
        while not self._is_healthy():
            if self.process.poll() is not None or time.perf_counter() - started > START_SECONDS:
                raise RuntimeError(f"The server did not start. Its log ends with:\n{self.log_tail()}")
            time.sleep(POLL_SECONDS)
        return time.perf_counter() - started

    def _is_healthy(self) -> bool:
        try:
            client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            client.request("GET", "/healthcheck")
            return client.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False

    def stop(self) -> None:
        """Stop it, by force if it does not end by itself."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def workers(self) -> list[int]:
        """Return the ids of Granian's worker processes."""
        if self.process is None:
            return []
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children if b"resource_tracker" not in command_line(child)]

    def memory(self) -> list[Memory]:
        return [memory(pid) for pid in self.workers()]

    def cpu_seconds(self) -> float:
        """Return the processor time that the workers have used so far."""
        return sum(cpu_seconds(pid) for pid in self.workers())

    def settle(self) -> None:
        """Wait until the workers have answered what is still queued, and shorten the log."""
        deadline, before = time.monotonic() + SETTLE_SECONDS, -1.0
        while time.monotonic() < deadline:
            spent = self.cpu_seconds()
            if spent - before <= IDLE_SECONDS:
                break
            before = spent
            time.sleep(0.2)
        os.truncate(self.log, 0)

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_TAIL:]


@contextmanager
def two_cores() -> Iterator[None]:
    """Have what is started in the block run on two cores."""
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(all_cores)[:CORES])  # children keep it
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_cores)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def command_line(pid: str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used (proc_pid_stat(5), utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def high_water(pid: int) -> float:
    """Return the most memory in MiB that a process has had so far; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(text.split()[1]) / 1024 for text in lines if text.startswith("VmHWM:"))


def memory(pid: int) -> Memory:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kibibytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    return Memory(kibibytes["Rss"] / 1024, kibibytes["Pss"] / 1024)
