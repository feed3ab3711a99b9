"""What happens around every request: an id, one log line, its time in the metrics."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from wire import metrics
from wire.origin import read_origin

log = structlog.get_logger("request")


class RequestMiddleware:
    """Give each request its origin and its id, and log its answer. The first middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request.origin = origin = read_origin(request)  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=origin.request_id)
        # The contract's clients write paths without a trailing slash; a redirect would turn their POST into a GET.
        if request.path_info.startswith("/api/"):
            request.path_info = request.path_info.rstrip("/")
        response = self.get_response(request)
        response["X-Request-Id"] = origin.request_id
        seconds = time.perf_counter() - started
        metrics.observe(request, response, seconds)
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            ip=origin.ip,
        )
        return response
