"""What happens around every request: an id, one log line, its time in the metrics."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.urls import Resolver404, resolve

from wire import metrics, pages
from wire.errors import PayloadTooLarge, WireError
from wire.origin import read_origin

TOO_LARGE = "What was sent is larger than 1 MiB. Nothing was changed. Go back, and send less or a smaller file."

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
        if not pages.is_page(request):
            request.COOKIES = {}  # whoever calls the API does so by bearer token: a cookie neither helps nor harms
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
            path=without_key(request),
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            ip=origin.ip,
        )
        return response

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Refuse a form whose end is cut off (`wire.bodies`): what is missing would count as left empty."""
        if request.method != "POST" or not pages.is_page(request):
            return None
        length = request.META.get("CONTENT_LENGTH") or ""
        is_cut = length.isdecimal() and int(length) > settings.MAX_BODY_BYTES
        return pages.refusal(request, PayloadTooLarge(TOO_LARGE)) if is_cut else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show what a page's service refused. The API's views answer for themselves, and never come here."""
        return pages.refusal(request, exception) if isinstance(exception, WireError) else None


class DocumentPolicyMiddleware(CSPMiddleware):
    """The Content-Security-Policy of documents. An answer in JSON runs nothing and needs none."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_document = response.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_document else response


class PageCompressionMiddleware(GZipMiddleware):
    """Compress pages that are only looked at: a list becomes a tenth of its size.

    Compression tells by its length what a page repeats of its address (BREACH). What a form answers with may hold a
    client secret, so it is left alone; the CSRF token of a page is masked anew each time, and the length of each
    answer is blurred. An answer of the API is for a program, and holds what should not be guessed at.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_document = response.get("Content-Type", "").startswith("text/html")
        if request.method != "GET" or not is_document or not pages.is_page(request):
            return response
        return super().process_response(request, response)


def without_key(request: HttpRequest) -> str:
    """Return the path for the log. A one-time key in it, as of a password reset, opens something.

    It still does when the address leads nowhere: with a slash too many, or at another host.
    """
    try:
        match = request.resolver_match or resolve(request.path_info.rstrip("/"))
    except Resolver404:
        return request.path
    key = match.kwargs.get("key")
    return request.path.replace(key, "KEY") if key else request.path
