"""The answers of GitHub: JSON of the REST API, of OAuth, pages, and the headers that every one of them carries."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from urllib.parse import urlencode

from flask import Response, g, request

from sandbox.compression import compressed
from sandbox.refusal import Refusal

REST = "/api/v3"
DOCUMENTATION = "https://docs.github.com/enterprise-server@3.17/rest"
OAUTH_ERRORS = "https://docs.github.com/apps/managing-oauth-apps"
VERSION = "3.17.2"

BAD_CREDENTIALS = "Bad credentials"
NOT_FOUND = "Not Found"
SUSPENDED = "This installation has been suspended"


def api(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer of the REST API."""
    data = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    response = Response(data, status, content_type="application/json; charset=utf-8")
    response.headers["Vary"] = "Accept, Authorization, Cookie, X-GitHub-OTP"
    if status < 300:
        response.headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
        response.headers["ETag"] = f'W/"{hashlib.sha256(data).hexdigest()}"'
    response.headers.update(headers or {})
    return response


def api_no_content() -> Response:
    response = Response(b"", 204)
    del response.headers["Content-Type"]
    return response


def api_error(status: int, message: str, errors: list[dict[str, str]] | None = None) -> Response:
    body: dict[str, object] = {"message": message}
    if errors:
        body["errors"] = errors
    return api({**body, "documentation_url": DOCUMENTATION, "status": str(status)}, status)


def refuse(status: int, message: str) -> Refusal:
    return Refusal(api_error(status, message))


def oauth(values: Mapping[str, object], status: int = 200) -> Response:
    """An answer of `/login/oauth/access_token`: JSON for those who ask for it, else as a form."""
    if request.accept_mimetypes.best_match(["application/x-www-form-urlencoded", "application/json"]) == (
        "application/json"
    ):
        data, kind = json.dumps(values, separators=(",", ":")), "application/json"
    else:
        data, kind = urlencode(values), "application/x-www-form-urlencoded"
    response = Response(data, status, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = "max-age=0, private, must-revalidate"
    return response


def oauth_error(error: str, description: str) -> Response:
    """GitHub says no with status 200."""
    page = "troubleshooting-oauth-app-access-token-request-errors"
    uri = f"{OAUTH_ERRORS}/{page}/#{error.replace('_', '-')}"
    return oauth({"error": error, "error_description": description, "error_uri": uri})


def page(html: str, status: int = 200) -> Response:
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Frame-Options"] = "deny"
    return response


def redirect(location: str) -> Response:
    response = Response(b"", 302, content_type="text/html; charset=utf-8")
    response.headers.update({"Location": location, "Cache-Control": "no-cache"})
    return response


def finish(response: Response, now: float) -> Response:
    """Add what every answer carries, and to those of the REST API what they say about the token that was sent."""
    response.headers["Server"] = "GitHub.com"
    response.headers["Date"] = formatdate(now, usegmt=True)
    response.headers["X-GitHub-Request-Id"] = request_id()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "origin-when-cross-origin, strict-origin-when-cross-origin"
    if not request.path.startswith(f"{REST}/"):
        return response
    response.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
    response.headers["X-GitHub-Enterprise-Version"] = VERSION
    response.headers.update(g.get("about_token", {}))
    return compressed(response)


def request_id() -> str:
    return ":".join(secrets.token_hex(size).upper() for size in (2, 3, 4, 4, 4))


def moment(at: float) -> str:
    """A moment as it stands in the header that says when a token expires."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
