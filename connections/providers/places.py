"""How many calls may be under way at once, in this process."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from connections.providers.deadline import Deadline
from connections.providers.errors import Busy

# Whoever waits holds a thread of the server, so few may; the rest are turned away at once.
MOST_WAITING = 4

_changed = threading.Condition()
_taken: Counter[str] = Counter()
_waiting = 0


@contextmanager
def place(host: str, *, per_host: int, in_total: int, wait: Deadline) -> Iterator[None]:
    """Hold one of `per_host` places for calls to `host`, of `in_total` places altogether.

    Raises Busy when none comes free before `wait` is over, or when others wait already.
    """
    global _waiting  # noqa: PLW0603  # one count for the process, guarded by the condition

    def free() -> bool:
        return _taken[host] < per_host and _taken.total() < in_total

    with _changed:
        if not free() and _waiting >= MOST_WAITING:
            raise Busy("Too many calls are under way and waiting already. Try again later.")
        _waiting += 1
        try:
            if not _changed.wait_for(free, timeout=wait.seconds):
                raise Busy(_busy(host, per_host, wait))
            _taken[host] += 1
        finally:
            _waiting -= 1
    try:
        yield
    finally:
        with _changed:
            _taken[host] -= 1
            if not _taken[host]:
                del _taken[host]
            _changed.notify_all()


def _busy(host: str, per_host: int, wait: Deadline) -> str:
    if _taken[host] >= per_host:
        return f"{per_host} calls to {host} are under way already, and none ended within {wait}. Try again later."
    return f"Too many calls are under way already, and none ended within {wait}. Try again later."
