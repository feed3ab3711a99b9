"""The sandbox's clock: the real one, plus what a test has travelled."""

import time
from datetime import UTC, date, datetime


class Clock:
    def __init__(self) -> None:
        self._travelled = 0.0

    def now(self) -> float:
        return time.time() + self._travelled

    def today(self) -> date:
        return datetime.fromtimestamp(self.now(), UTC).date()

    def travel(self, seconds: float) -> None:
        self._travelled += seconds


def iso(at: float, timespec: str = "seconds") -> str:
    """A moment as APIs write it: UTC, `Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
