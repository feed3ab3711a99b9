"""Those who need a token, in the process that they ask in."""

import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

from django.db import connections

from bench.queries import counted
from connections.models import AppConnection
from connections.tokens import fresh as fresh_token
from wire.errors import WireError

WARM_UP_SECONDS = 1
CALLS_BETWEEN_LOOKS = 20  # at the clock


def fresh(connection_id: str, seconds: int, rounds: int) -> dict[str, float]:
    """Ask for a token that is not due, over and over, each round right after its yardstick; returns the medians."""
    wanted = uuid.UUID(connection_id)
    calls = (lambda: AppConnection.objects.get(pk=wanted), lambda: fresh_token(wanted))
    for call in calls:
        rate(call, WARM_UP_SECONDS)
    pairs = [[rate(call, seconds) for call in calls] for _ in range(rounds)]
    return {
        "rate": median(asked for _, asked in pairs),
        "share": median(asked / one_query for one_query, asked in pairs),
        "queries": counted(calls[1]),
        "one_query_rate": median(one_query for one_query, _ in pairs),
    }


def rate(call: Callable[[], object], seconds: float) -> float:
    """Return how many calls a second there are, one after the other."""
    started, calls = time.perf_counter(), 0
    while (spent := time.perf_counter() - started) < seconds:
        for _ in range(CALLS_BETWEEN_LOOKS):
            call()
        calls += CALLS_BETWEEN_LOOKS
    return calls / spent


def at_once(connection_id: str, callers: int) -> list[dict[str, Any]]:
    """Say that we are ready, wait for the word, and ask in so many threads; returns what each of them got."""
    wanted = uuid.UUID(connection_id)
    AppConnection.objects.get(pk=wanted)  # a server has talked to its database before
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(callers) as threads:
        return list(threads.map(lambda _: ask(wanted), range(callers)))


def ask(connection_id: uuid.UUID) -> dict[str, Any]:
    """Return the token, or nothing, and when it came by the clock that all processes share."""
    try:
        token = fresh_token(connection_id).credentials["accessToken"]
    except WireError as error:
        print(error, file=sys.stderr)
        token = ""
    finally:
        at = time.monotonic()
        connections.close_all()
    return {"token": token, "at": at}
