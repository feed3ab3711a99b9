"""Where the time of one row goes: cProfile around the WSGI application, without a server."""

import cProfile
import io
import pstats
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from bench.calls import UNIQUE, Call

SECONDS = 3.0
SHOWN = 45


def profile(call: Call) -> str:
    """Return the calls that cost most, by their own time and with what they call."""
    application = get_wsgi_application()
    bare, _ = repeat(application, call)
    profiler = cProfile.Profile()
    profiler.enable()
    _, requests = repeat(application, call)
    profiler.disable()
    text = io.StringIO()
    stats = pstats.Stats(profiler, stream=text)
    for order in ("tottime", "cumulative"):
        stats.sort_stats(order).print_stats(SHOWN)
    return f"{call.method} {call.path}: {bare * 1e6:.0f} µs unprofiled; {requests} requests:\n{text.getvalue()}"


def repeat(application: WSGIHandler, call: Call) -> tuple[float, int]:
    """Answer the call for some seconds; returns the seconds of one, and how many there were."""
    started, requests = time.perf_counter(), 0
    while time.perf_counter() - started < SECONDS:
        answer(application, call)
        requests += 1
    return (time.perf_counter() - started) / requests, requests


def answer(application: WSGIHandler, call: Call) -> None:
    """Answer once, as Granian has it done."""
    response = application(environ(call), lambda *_: None)  # type: ignore[arg-type]
    b"".join(response)
    response.close()
    if response.status_code != 200:
        raise RuntimeError(f"{call.method} {call.path} answered {response.status_code}")


def environ(call: Call) -> dict[str, Any]:
    parts = urlsplit(call.path)
    body = (call.body or "").replace(UNIQUE, uuid.uuid4().hex).encode()
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in call.headers.items()}
    return {
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "CONTENT_TYPE": call.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **headers,
    }
