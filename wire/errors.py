"""Every way a request can be refused. A domain error is a subclass, and says what happened and what to do.

WireError
├── BadRequest             400  a rule, or a refusal from GitLab or GitHub
├── Unauthorized           401  no credentials, or credentials that do not log in
├── Forbidden              403  known, but not allowed
│   ├── PermissionDenied   403  the role lacks a permission
│   ├── BeyondPrivileges   403  would give away more than the caller has
│   └── TokenRejected      403  the bearer token is malformed, forged, expired or revoked
├── NotFound               404  not there, or not for this caller: the same answer
├── MethodNotAllowed       405
├── PayloadTooLarge        413
├── UnsupportedMediaType   415
├── Invalid                422  the shape is wrong: one issue for each field
├── RateLimited            429
├── ServerError            500
│   └── DatabaseError      500
└── Unavailable            503  passes by itself: try again later
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class WireError(Exception):
    """An answer to the client: a status, the envelope's `error` name, a message, and perhaps details."""

    status: ClassVar[int]
    error: str
    default: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str = "", *, details: Sequence[Mapping[str, Any]] | None = None) -> None:
        super().__init__(message or self.default)
        self.details = details

    @property
    def message(self) -> Any:
        """What the envelope carries as `message`: a sentence, or the list of issues."""
        return str(self)

    @property
    def headers(self) -> dict[str, str]:
        return {}


class BadRequest(WireError):
    status = 400
    error = "BadRequest"


class Unauthorized(WireError):
    status = 401
    error = "UnauthorizedError"
    default = "You are not allowed to access this resource"

    @property
    def headers(self) -> dict[str, str]:
        """RFC 9110, section 11.6.1: a 401 names the scheme that would do."""
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(WireError):
    status = 403
    error = "ForbiddenError"
    default = "You are not allowed to access this resource"


class PermissionDenied(Forbidden):
    error = "PermissionDenied"


class BeyondPrivileges(Forbidden):
    error = "PermissionBoundaryError"


class TokenRejected(Forbidden):
    error = "TokenError"
    default = (
        "The provided access token is malformed. Please use a valid token or generate a new one and try again."
    )


class NotFound(WireError):
    status = 404
    error = "NotFound"
    default = "The requested resource could not be found"


class MethodNotAllowed(WireError):
    status = 405
    error = "MethodNotAllowed"


class PayloadTooLarge(WireError):
    status = 413
    error = "PayloadTooLarge"


class UnsupportedMediaType(WireError):
    status = 415
    error = "UnsupportedMediaType"


class Issue(dict[str, Any]):
    """One fault of the input: `code`, `path` (keys and indexes from the outside in) and `message`."""

    def __init__(self, code: str, path: Sequence[str | int], message: str) -> None:
        super().__init__(code=code, path=list(path), message=message)


class Invalid(WireError):
    status = 422
    error = "ValidationFailure"

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__("; ".join(issue["message"] for issue in issues))
        self.issues = list(issues)

    @property
    def message(self) -> Any:
        return self.issues


class RateLimited(WireError):
    status = 429
    error = "RateLimitExceeded"

    def __init__(self, message: str = "", *, retry_after: int) -> None:
        super().__init__(message or f"Rate limit exceeded. Please try again in {retry_after} seconds")
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}


class ServerError(WireError):
    status = 500
    error = "InternalServerError"


class DatabaseError(ServerError):
    error = "DatabaseError"


class Unavailable(WireError):
    status = 503
    error = "ServiceUnavailable"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}
