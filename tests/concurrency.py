"""Several callers at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from django.db import connection, connections

Result = TypeVar("Result")
DEADLINE = 60.0  # seconds; nothing waits that long unless it is stuck


@contextmanager
def several_connections(folder: Path) -> Iterator[None]:
    """Let several connections write to the test's database at once.

    PostgreSQL can. SQLite's database in memory cannot (a shared cache locks whole tables and never waits), so the
    test works on a copy in a file, which is what the product has.
    """
    if connection.vendor == "postgresql":
        yield
        return
    in_memory = connection
    settings = in_memory.settings_dict
    connection.cursor().execute("VACUUM INTO %s", [str(folder / "copy.sqlite3")])
    memory_wrapper, memory_name = connections["default"], settings["NAME"]
    settings["NAME"] = str(folder / "copy.sqlite3")
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"] = memory_name
        connections["default"] = memory_wrapper


def at_once(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    """Start all calls at the same moment and return their results, in order; the first exception is raised."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Result]) -> Result:
        try:
            start.wait(DEADLINE)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        running = [pool.submit(run, call) for call in calls]
        return [future.result(DEADLINE) for future in running]
