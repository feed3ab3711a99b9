"""An equal of wrk in Python: connections that stay open, in processes of their own."""

import http.client
import math
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from urllib.parse import urlsplit

from bench.calls import UNIQUE, Call

PROCESSES = 2
MOST_REQUESTS = 50_000  # of one connection


def load(url: str, call: Call, seconds: float, connections: int) -> tuple[int, float, float, float, int]:
    """Return the answers, how many a second, their median and 99th percentile in milliseconds, and the errors."""
    processes = min(PROCESSES, connections)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(partial(several, url, call, seconds), [connections // processes] * processes))
    latencies = sorted(latency for answered, _ in parts for latency in answered)
    errors = sum(failed for _, failed in parts) or int(not latencies)
    return len(latencies), len(latencies) / seconds, at(latencies, 50), at(latencies, 99), errors


def at(latencies: Sequence[float], percent: int) -> float:
    return latencies[math.ceil(len(latencies) * percent / 100) - 1] * 1000 if latencies else 0.0


def several(url: str, call: Call, seconds: float, connections: int) -> tuple[list[float], int]:
    """Send on some connections at once; returns the latencies in seconds of good answers, and the errors."""
    with ThreadPoolExecutor(connections) as threads:
        parts = list(threads.map(lambda _: one(url, call, seconds), range(connections)))
    return [latency for answered, _ in parts for latency in answered], sum(failed for _, failed in parts)


def one(url: str, call: Call, seconds: float) -> tuple[list[float], int]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    latencies: list[float] = []
    errors, end = 0, time.perf_counter() + seconds
    for _ in range(MOST_REQUESTS):
        started = time.perf_counter()
        if started >= end:
            break
        if is_good(connection, call):
            latencies.append(time.perf_counter() - started)
        else:
            errors += 1
    connection.close()
    return latencies, errors


def is_good(connection: http.client.HTTPConnection, call: Call) -> bool:
    body = None if call.body is None else call.body.replace(UNIQUE, uuid.uuid4().hex)
    try:
        connection.request(call.method, call.path, body, call.headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return False
    return 200 <= answer.status < 300
