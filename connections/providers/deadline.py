"""Time limits for whole calls.

A timeout for each `recv` does not help against a server that sends one byte a second. So our sockets ask, before
every operation, how much is left of the call that they serve.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class Deadline:
    """A moment by which something must be over: `seconds` from now, and never later than `outer`."""

    def __init__(self, seconds: float, outer: "Deadline | None" = None) -> None:
        now = time.monotonic()
        self.ends: float = now + seconds if outer is None else min(now + seconds, outer.ends)
        self.seconds = max(0.0, self.ends - now)
        self.received = 0  # bytes since the start, for telling a hung server from a slow one

    def __str__(self) -> str:
        return f"{round(self.seconds, 1):g} s"

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.ends

    def left(self) -> float:
        """Return the seconds left, always more than 0. Raises TimeoutError when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


# A connection is kept for the next call of its session, so a socket cannot hold the deadline itself.
_current: ContextVar[Deadline] = ContextVar("deadline")


@contextmanager
def running(deadline: Deadline) -> Iterator[Deadline]:
    """Let every `TimedSocket` used within obey `deadline`."""
    token = _current.set(deadline)
    try:
        yield deadline
    finally:
        _current.reset(token)


def current() -> Deadline:
    return _current.get()


class TimedSocket(socket.socket):
    def recv_into(self, *args: Any) -> int:
        self.settimeout(current().left())
        size = super().recv_into(*args)
        current().received += size
        return size

    def sendall(self, *args: Any) -> None:
        # One sendall keeps one timeout for all its parts.
        self.settimeout(current().left())
        super().sendall(*args)
