"""Every error, and what a client sees of it."""

import json

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404
from rest_framework import exceptions as drf

from connections import errors as connections
from oauth import errors as handshake
from organizations.invitations import NotInvitable
from wire import errors
from wire.envelope import body, wire_error

MALFORMED = "The provided access token is malformed. Please use a valid token or generate a new one and try again."
BROKEN = "Something went wrong"
ISSUE = {"code": "custom", "path": ["name"], "message": "no"}

HANDSHAKE = [
    (handshake.HandshakeFailed, 400, "BadRequest"),
    (handshake.StateUnknown, 400, "BadRequest"),
    (handshake.StateUsed, 400, "BadRequest"),
    (handshake.StateExpired, 400, "BadRequest"),
    (handshake.WrongWayBack, 400, "BadRequest"),
    (handshake.SomebodyElse, 403, "ForbiddenError"),
    (handshake.ConsentDenied, 400, "BadRequest"),
    (handshake.ServerComplained, 400, "BadRequest"),
    (handshake.CodeMissing, 400, "BadRequest"),
    (handshake.PartMissing, 400, "BadRequest"),
    (handshake.NotAMember, 403, "ForbiddenError"),
    (handshake.NothingToChoose, 400, "BadRequest"),
    (handshake.NothingToConfirm, 400, "BadRequest"),
    (handshake.NothingToChoose, 400, "BadRequest"),
    (handshake.NotReplaced, 400, "BadRequest"),
    (handshake.CodeRefused, 400, "BadRequest"),
    (handshake.NotFetched, 400, "BadRequest"),
]
TABLE = [
    (errors.BadRequest("why"), 400, "BadRequest", "why"),
    (errors.Unauthorized(), 401, "UnauthorizedError", "You are not allowed to access this resource"),
    (errors.Unauthorized("Token missing"), 401, "UnauthorizedError", "Token missing"),
    (errors.Forbidden("why"), 403, "ForbiddenError", "why"),
    (errors.PermissionDenied("why"), 403, "PermissionDenied", "why"),
    (errors.BeyondPrivileges("why"), 403, "PermissionBoundaryError", "why"),
    (errors.TokenRejected(), 403, "TokenError", MALFORMED),
    (errors.NotFound("why"), 404, "NotFound", "why"),
    (errors.MethodNotAllowed("why"), 405, "MethodNotAllowed", "why"),
    (errors.PayloadTooLarge("why"), 413, "PayloadTooLarge", "why"),
    (errors.UnsupportedMediaType("why"), 415, "UnsupportedMediaType", "why"),
    (errors.Invalid([errors.Issue("custom", ["name"], "no")]), 422, "ValidationFailure", [ISSUE]),
    (
        errors.RateLimited(retry_after=7),
        429,
        "RateLimitExceeded",
        "Rate limit exceeded. Please try again in 7 seconds",
    ),
    (errors.ServerError(), 500, "InternalServerError", BROKEN),
    (errors.DatabaseError(), 500, "DatabaseError", BROKEN),
    (errors.Unavailable("why", retry_after=3), 503, "ServiceUnavailable", "why"),
    (
        connections.CredentialsRefused("Failed to validate credentials: ", "x"),
        400,
        "BadRequest",
        "Failed to validate credentials: x",
    ),
    (connections.ListingFailed("GitLab", "projects", "x"), 400, "BadRequest", "Failed to fetch GitLab projects: x"),
    (
        connections.NotReconnectable("GitLab", "Access Token"),
        400,
        "BadRequest",
        "A GitLab Connection with method Access Token has no grant to renew. Replace its credentials instead.",
    ),
    (connections.ExchangeFailed("x"), 400, "BadRequest", "x"),
    (connections.AccessRefused("x"), 403, "ForbiddenError", "x"),
    (connections.GatewayNotFound("7"), 404, "NotFound", "Gateway with ID 7 not found for org"),
    (
        connections.NoClientThere("gitlab", "OAuth application", "https://a", "https://b"),
        400,
        "BadRequest",
        "There is no OAuth application for https://a. The configured one belongs to https://b, and its secret is "
        "sent nowhere else. Register the instance with one of its own: POST "
        "/api/v1/app-connections/gitlab/instances.",
    ),
    (
        connections.NoClientThere("gitlab", "OAuth application", "https://a", ""),
        400,
        "BadRequest",
        "There is no OAuth application for https://a. Register the instance with one of its own: POST "
        "/api/v1/app-connections/gitlab/instances.",
    ),
    (
        connections.ReconnectRequired("GitLab", "x."),
        400,
        "BadRequest",
        "Failed to refresh GitLab token: x. Reconnect the connection.",
    ),
    (
        connections.ScopesLacking("GitLab", ["api", "read_user"]),
        400,
        "BadRequest",
        "GitLab granted less than was asked for: api, read_user missing. Add the scopes to the OAuth application "
        "at GitLab, then connect again.",
    ),
    (
        connections.TokenUnavailable("x", 0.2),
        503,
        "ServiceUnavailable",
        "There is no valid token at the moment. x",
    ),
    (
        connections.ClientNotConfigured("GitLab environment variables have not been configured"),
        500,
        "InternalServerError",
        "GitLab environment variables have not been configured",
    ),
    (NotInvitable({"a@example.com": "is a member."}), 400, "BadRequest", "a@example.com: is a member."),
    (connections.NameTaken("a"), 400, "BadRequest", 'An App Connection with the name "a" already exists'),
    (connections.WrongApp("ID 1", "gitlab"), 400, "BadRequest", 'App Connection with ID 1 is not for App "gitlab"'),
    (
        connections.WrongMethod("GitLab", "OAuth"),
        400,
        "BadRequest",
        "Invalid credential format for GitLab Connection with method OAuth",
    ),
    (
        connections.ProviderRateLimited("GitLab", "loading groups", None),
        429,
        "RateLimitExceeded",
        "GitLab rate limit reached while loading groups. Wait a moment and try again.",
    ),
    (
        connections.ProviderRateLimited("GitHub", "loading repositories", 1, "secondary"),
        429,
        "RateLimitExceeded",
        "GitHub secondary rate limit reached while loading repositories. Wait a moment and try again.",
    ),
    (connections.TooManyCalls("why"), 429, "RateLimitExceeded", "why"),
    (
        connections.InstanceTaken("https://a"),
        400,
        "BadRequest",
        "The instance https://a is already registered. Change it, or delete it first.",
    ),
    (connections.InstanceRefused("why"), 400, "BadRequest", "why"),
    (
        connections.InstanceInUse("https://a", 1, "Why."),
        400,
        "BadRequest",
        "1 connection depends on https://a. Why.",
    ),
    (
        connections.InstanceInUse("https://a", 2, "Why."),
        400,
        "BadRequest",
        "2 connections depend on https://a. Why.",
    ),
    (connections.InstanceNotFound("1"), 404, "NotFound", "Could not find instance with ID 1"),
    (connections.ConnectionNotFound("1"), 404, "NotFound", "Could not find App Connection with ID 1"),
    (
        connections.ConnectionNameNotFound("a", in_project=False),
        404,
        "NotFound",
        "Could not find App Connection with name a in organization scope.",
    ),
    (
        connections.ConnectionNameNotFound("a", in_project=True),
        404,
        "NotFound",
        "Could not find App Connection with name a in project scope.",
    ),
    *((kind("why"), status, name, "why") for kind, status, name in HANDSHAKE),
    (handshake.MadeFailed("why", ""), 400, "BadRequest", "why"),
    (handshake.MadeUnusable("why", ""), 400, "BadRequest", "why"),
    (handshake.MadeButLost("why", ""), 503, "ServiceUnavailable", "why"),
    (
        connections.ClientKindNotFound("GitHub", ["oauth", "app"]),
        404,
        "NotFound",
        "GitHub has no such kind of client. Those that it has are: oauth, app.",
    ),
    (
        connections.ClientNotFound("GitHub App", "https://a"),
        404,
        "NotFound",
        "There is no GitHub App of your own at https://a.",
    ),
    (connections.Unsealable("key 4711"), 500, "InternalServerError", BROKEN),
    (drf.MethodNotAllowed("PUT"), 405, "MethodNotAllowed", 'Method "PUT" not allowed.'),
    (
        drf.UnsupportedMediaType("text/plain"),
        415,
        "UnsupportedMediaType",
        "The content type must be application/json",
    ),
    (drf.ParseError("why"), 400, "BadRequest", "why"),
    (drf.NotFound(), 404, "NotFound", "The requested resource could not be found"),
    (Http404("secret path"), 404, "NotFound", "The requested resource could not be found"),
    (SuspiciousOperation("secret"), 400, "BadRequest", "The request is malformed"),
    (IntegrityError("secret"), 500, "DatabaseError", BROKEN),
    (OperationalError("secret"), 500, "DatabaseError", BROKEN),
    (ValueError("secret"), 500, "InternalServerError", BROKEN),
]


@pytest.mark.parametrize(
    ("error", "status", "name", "message"), TABLE, ids=[f"{type(row[0]).__name__}-{row[1]}" for row in TABLE]
)
def test_each_error_has_its_envelope(error: Exception, status: int, name: str, message: object) -> None:
    assert body(wire_error(error), "req-1") == {
        "reqId": "req-1",
        "statusCode": status,
        "message": message,
        "error": name,
    }


def test_the_table_names_every_error_class() -> None:
    def tree(kind: type[errors.WireError]) -> set[type[errors.WireError]]:
        return {kind}.union(*(tree(child) for child in kind.__subclasses__()))

    ours = {kind for kind in tree(errors.WireError) if kind is not errors.WireError}
    assert ours == {type(row[0]) for row in TABLE if isinstance(row[0], errors.WireError)}


def test_details_are_in_the_envelope_only_when_there_are_some() -> None:
    error = errors.PermissionDenied("no", details=[{"action": "read"}])
    assert body(error, "req-1")["details"] == [{"action": "read"}]
    assert "details" not in body(errors.PermissionDenied("no"), "req-1")


def test_an_error_that_asks_to_wait_says_so_in_a_header() -> None:
    assert errors.RateLimited(retry_after=7).headers == {"Retry-After": "7"}
    assert errors.Unavailable("busy", retry_after=3).headers == {"Retry-After": "3"}


def test_every_envelope_is_json() -> None:
    for error, *_ in TABLE:
        json.dumps(body(wire_error(error), "req-1"))
