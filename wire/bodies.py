"""The bodies of requests, read before Django sees them: whole, bounded in size, and by a bounded number of threads.

The server hands a request to a thread before its body has arrived, and waits for the body without a limit of time:
without a bound on how many threads may wait, senders of slow bodies would take them all.
"""

import threading
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

import orjson
from django.conf import settings

from wire.envelope import body as envelope_of
from wire.errors import Unavailable
from wire.origin import new_request_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}
WAIT_SECONDS = 0.25


def measured(application: "WSGIApplication") -> "WSGIApplication":
    """Return the application behind a layer that reads each body and says how long it is.

    Django takes a body without `Content-Length` for an empty one, so that a change would be lost in silence.
    What is larger than `MAX_BODY_BYTES` is cut one byte above it, for the parser to refuse. When too many bodies
    are on their way already, the answer is 503.
    """
    readers = threading.BoundedSemaphore(max(1, settings.THREADS // 3))

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in WITH_BODY and _has_body(environ):
            if not readers.acquire(timeout=WAIT_SECONDS):
                return _too_many(start_response)
            try:
                _read(environ)
            finally:
                readers.release()
        return application(environ, start_response)

    return answer


def _has_body(environ: "WSGIEnvironment") -> bool:
    length = environ.get("CONTENT_LENGTH") or ""
    return length.strip("0") != "" if length else bool(environ.get("wsgi.input_terminated"))


def _read(environ: "WSGIEnvironment") -> None:
    said = environ.get("CONTENT_LENGTH") or ""
    most = settings.MAX_BODY_BYTES + 1
    body = environ["wsgi.input"].read(min(int(said), most) if said.isdecimal() else most)
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _too_many(start_response: "StartResponse") -> Iterable[bytes]:
    error = Unavailable("Too many request bodies are on their way. Try again shortly.", retry_after=5)
    headers = [("Content-Type", "application/json"), *error.headers.items()]
    start_response("503 Service Unavailable", headers)
    return [orjson.dumps(envelope_of(error, new_request_id()))]
