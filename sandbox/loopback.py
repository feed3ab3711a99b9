"""What every provider of the sandbox is: a server on a real socket, in a thread of this process."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Self

from flask import Flask

from sandbox.clock import Clock
from sandbox.front import Front
from sandbox.misbehave import Behaviour, Misbehaviour, Misbehaviours
from sandbox.recording import RecordedRequest, Recording
from sandbox.server import PrivateCa, Server

POLL_SECONDS = 0.02
LOOPBACK_NAMES = ("localhost", "127.0.0.1")


class Loopback:
    """Bound by `_bind`, serving from `_start` until `stop()`; all of it on a clock of its own, `clock`.

    With TLS the certificate is for `hostnames`, issued by a private authority, `ca_pem` (empty without).
    """

    def __init__(self, behaviours: Mapping[str, Behaviour]) -> None:
        self.clock = Clock()
        self._misbehaviours = Misbehaviours(behaviours)
        self._recording = Recording()

    def _bind(self, app: Flask, *, port: int, tls: bool, hostnames: Sequence[str], root: str = "") -> None:
        """Take `port` (0 for a free one) and from there `url`; below `root` if the provider has a path."""
        authority = PrivateCa() if tls else None
        self.ca_pem = authority.pem if authority else b""
        front = Front(app, root, self.clock, self._recording, self._misbehaviours)
        self._server = Server(port, front, authority.context(*hostnames) if authority else None)
        self.port = self._server.port
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}{root}"

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Take no more requests and let go of those that hang."""
        self._server.shutdown()
        self.behave()
        self._server.close_connections()
        self._thread.join()

    def misbehave(
        self,
        kind: str,
        path: str = "/",
        times: int | None = None,
        method: str | None = None,
        handled: bool = False,
        **options: Any,
    ) -> Misbehaviour:
        """From now on (or `times` times) fail requests whose path starts with `path`.

        The kinds and their options are in `sandbox/misbehave.py` and in the provider's own. Of several that apply
        the oldest that has `times` left is taken, so that a sequence can be told. With `handled` the provider acts
        on the request before it fails to answer: a refresh whose answer is lost.
        """
        return self._misbehaviours.add(Misbehaviour(kind, path, method, times, handled, options))

    def behave(self) -> None:
        """End every misbehaviour, also for requests that hang in one."""
        self._misbehaviours.clear()

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request so far (the last 50,000) but those to `/-/sandbox/`, in the order of arrival."""
        return self._recording.all()

    def clear_requests(self) -> None:
        self._recording.clear()

    def travel(self, seconds: float) -> None:
        """Move the sandbox's clock: tokens and codes age by that much."""
        self.clock.travel(seconds)
