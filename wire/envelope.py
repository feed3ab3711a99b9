"""The one map from exceptions to the wire: `reqId`, `statusCode`, `message`, `error`, `details`."""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.db import Error as DjangoDatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions as drf

from wire import pages
from wire.errors import (
    BadRequest,
    DatabaseError,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    ServerError,
    UnsupportedMediaType,
    WireError,
)
from wire.origin import origin_of

log = structlog.get_logger(__name__)


# What REST framework, Django and the database raise, and what the client is told of it.
FOREIGN: tuple[tuple[type[Exception], Callable[[Exception], WireError]], ...] = (
    (drf.MethodNotAllowed, lambda exc: MethodNotAllowed(str(exc))),
    (drf.UnsupportedMediaType, lambda _: UnsupportedMediaType("The content type must be application/json")),
    (drf.ParseError, lambda exc: BadRequest(str(exc))),
    (DisallowedHost, lambda _: BadRequest("ALLOWED_HOSTS does not name the host of this request's Host header")),
    (SuspiciousOperation, lambda _: BadRequest("The request is malformed")),
    (drf.NotFound, lambda _: NotFound()),
    (Http404, lambda _: NotFound()),
    (DjangoDatabaseError, lambda _: DatabaseError()),
)


def wire_error(exc: Exception) -> WireError:
    """Return what the client is told of `exc`. One that nobody foresaw becomes a 500 that says nothing."""
    if isinstance(exc, WireError):
        return exc
    return next((build(exc) for kind, build in FOREIGN if isinstance(exc, kind)), ServerError())


def body(error: WireError, request_id: str) -> dict[str, Any]:
    """Return the envelope of one error."""
    envelope = {
        "reqId": request_id,
        "statusCode": error.status,
        "message": error.message,
        "error": error.error,
    }
    if error.details is not None:
        envelope["details"] = error.details
    return envelope


def handle_exception(exc: Exception, context: dict[str, Any]) -> HttpResponse:
    """Answer an exception of a view (REST framework's `EXCEPTION_HANDLER`): in JSON, whatever the view renders."""
    error = wire_error(exc)
    if isinstance(error, ServerError):
        log.error("request failed", exc_info=exc)
    return _envelope(context["request"], error)


def _envelope(request: HttpRequest, error: WireError) -> HttpResponse:
    return JsonResponse(body(error, origin_of(request).request_id), status=error.status, headers=error.headers)


def _answer(request: HttpRequest, error: WireError) -> HttpResponse:
    """Answer in JSON below /api, with a page elsewhere: Django found no view, or the view broke."""
    return pages.refusal(request, error) if pages.is_page(request) else _envelope(request, error)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    malformed = isinstance(exception, SuspiciousOperation)
    return _answer(request, wire_error(exception) if malformed else BadRequest("The request is malformed"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, Forbidden())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    log.exception("request failed")
    return _answer(request, ServerError())
