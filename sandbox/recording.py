"""The requests that reached the sandbox, as they came in: tests look here for what a client sent."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from werkzeug.datastructures import Headers

KEPT = 50_000
"""Older requests are forgotten: a benchmark makes more than anybody will look at."""


@dataclass
class RecordedRequest:
    """`path` is as sent, undecoded; `headers` are looked up in any case; `status` is None while unanswered."""

    method: str
    path: str
    query: dict[str, str]
    headers: Headers
    body: bytes
    at: float
    status: int | None = field(default=None)

    @property
    def form(self) -> dict[str, str]:
        """The body's parameters, be it a form or JSON."""
        if "json" in self.headers.get("Content-Type", ""):
            parsed = json.loads(self.body or b"{}")
            return dict(parsed) if isinstance(parsed, dict) else {}
        return dict(parse_qsl(self.body.decode("latin-1"), keep_blank_values=True))


class Recording:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: deque[RecordedRequest] = deque(maxlen=KEPT)

    def add(self, recorded: RecordedRequest) -> RecordedRequest:
        with self._lock:
            self._requests.append(recorded)
        return recorded

    def all(self) -> list[RecordedRequest]:
        with self._lock:
            return list(self._requests)

    def clear(self) -> None:
        with self._lock:
            self._requests.clear()
