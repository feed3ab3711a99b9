"""A storm of refreshes: many tokens due at once, and workers that refresh them ahead of need."""

import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass

from bench.granted import ANSWER_SECONDS, Granted
from bench.server import ROOT, high_water, two_cores

WORKERS = (1, 2)
SECONDS_LEFT = 60.0  # of each token
POLL_SECONDS = 0.02
LOG = "worker.log"


@dataclass(frozen=True, slots=True)
class Storm:
    """What one storm took. `seconds` from the workers' start to the end of the last; `memory` their peaks in MiB.

    `rate` is refreshes a second, from the first request for a token to the last.
    """

    workers: int
    due: int
    seconds: float
    rate: float
    requests: int
    memory: list[float]
    errors: int


def measure(granted: Granted, workers: int) -> Storm:
    """Let all tokens be due, and have so many workers do one round each."""
    granted.end_in(SECONDS_LEFT)
    started = time.perf_counter()
    memory = work(granted, workers)
    seconds = time.perf_counter() - started
    due, moments = len(granted.ids), granted.refreshes()
    took = max(moments, default=0.0) - min(moments, default=0.0) + ANSWER_SECONDS
    return Storm(
        workers=workers,
        due=due,
        seconds=seconds,
        rate=len(moments) / took,
        requests=len(moments),
        memory=memory,
        errors=granted.count_stale() + abs(len(moments) - due),
    )


def work(granted: Granted, count: int) -> list[float]:
    """Run workers side by side until all have ended; returns their peaks of memory.

    A peak is read while its worker runs: the one that the kernel reports at the end counts what the process was
    before exec, a copy of this one.
    """
    peaks = [0.0] * count
    with ExitStack() as stack:
        running = [start(stack, granted) for _ in range(count)]
        while any(worker.poll() is None for worker in running):
            peaks = [max(peak, high_water(worker.pid)) for peak, worker in zip(peaks, running, strict=True)]
            time.sleep(POLL_SECONDS)
    if any(worker.returncode for worker in running):
        raise RuntimeError(f"A worker failed. The log ends with:\n{granted.log_tail(LOG)}")
    return peaks


def start(stack: ExitStack, granted: Granted) -> subprocess.Popen[bytes]:
    """Start a worker for one round; it ends with the stack."""
    command = [sys.executable, "manage.py", "run_worker", "--once"]
    log = stack.enter_context((granted.folder / LOG).open("ab"))
    with two_cores():
        worker = subprocess.Popen(command, cwd=ROOT, env=granted.settings, stdout=log, stderr=log)
    stack.enter_context(worker)
    stack.callback(worker.kill)
    return worker
