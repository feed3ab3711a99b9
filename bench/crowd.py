"""Many callers, in several processes, who at once need the token of one connection whose token has ended."""

import json
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import IO, Any, cast

from bench.granted import Granted
from bench.product import INSIDE
from bench.server import ROOT, two_cores

CALLERS, PROCESSES = 50, 4
SECONDS_PAST = 1.0  # since the token's end
LOG = "callers.log"
Caller = subprocess.Popen[str]


@dataclass(frozen=True, slots=True)
class Crowd:
    """What the callers got. `seconds` from the word until the last of them has the new token."""

    callers: int
    processes: int
    seconds: float
    requests: int
    errors: int


def measure(granted: Granted, rounds: int) -> Crowd:
    """Let the callers ask, round after round; the most requests of any round count."""
    found = [once(granted) for _ in range(rounds)]
    return Crowd(
        callers=CALLERS,
        processes=PROCESSES,
        seconds=median(each.seconds for each in found),
        requests=max(each.requests for each in found),
        errors=sum(each.errors for each in found),
    )


def once(granted: Granted) -> Crowd:
    wanted = granted.ids[0]
    granted.end_in(-SECONDS_PAST, wanted)
    shares = [CALLERS // PROCESSES + (number < CALLERS % PROCESSES) for number in range(PROCESSES)]
    with ExitStack() as stack:
        started, answers = ask(granted, [start(stack, granted, wanted, share) for share in shares])
    tokens = [answer["token"] for answer in answers]
    without_the_new_one = CALLERS - max(map(tokens.count, filter(None, tokens)), default=0)
    requests = len(granted.refreshes())
    return Crowd(
        callers=CALLERS,
        processes=PROCESSES,
        seconds=max(answer["at"] for answer in answers) - started,
        requests=requests,
        errors=without_the_new_one + abs(requests - 1),
    )


def start(stack: ExitStack, granted: Granted, connection_id: str, callers: int) -> Caller:
    """Start a process with so many callers that wait for the word; it ends with the stack."""
    log = stack.enter_context((granted.folder / LOG).open("ab"))
    with two_cores():
        process = subprocess.Popen(
            [*INSIDE, "callers", connection_id, str(callers)],
            cwd=ROOT,
            env=granted.settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    stack.enter_context(process)
    stack.callback(process.kill)
    return process


def ask(granted: Granted, running: Sequence[Caller]) -> tuple[float, list[dict[str, Any]]]:
    """Give all of them the word once all are ready; returns when that was, and what each caller got."""
    for process in running:
        said(granted, process)
    started = time.monotonic()
    for process in running:
        word = cast(IO[str], process.stdin)
        word.write("\n")
        word.flush()
    return started, [answer for process in running for answer in json.loads(said(granted, process))]


def said(granted: Granted, process: Caller) -> str:
    line = cast(IO[str], process.stdout).readline()
    if not line:
        raise RuntimeError(f"A process of callers failed. The log ends with:\n{granted.log_tail(LOG)}")
    return line
