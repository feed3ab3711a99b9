"""The answers of GitLab, byte for byte: JSON as Rails writes it, and the headers nginx and Rails add."""

import hashlib
import json
import secrets
import time
from email.utils import formatdate
from typing import Any

from flask import Response, g

from sandbox.compression import compressed

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SECURITY = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN"}
_REFERRER = {"Referrer-Policy": "strict-origin-when-cross-origin"}
_FRESH = "max-age=0, private, must-revalidate"

INVALID_TOKEN_REVOKED = "Token was revoked. You have to re-authorize from the user."
INVALID_TOKEN_EXPIRED = "Token is expired. You can either do re-authorization or token refresh."
INSUFFICIENT_SCOPE = "The request requires higher privileges than provided by the access token."


def encode(body: object) -> bytes:
    """Compact JSON with `&`, `<` and `>` escaped, as Rails does it."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e").encode()


def api(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer of the REST API. A success carries an ETag, a refusal is not to be cached."""
    data = encode(body)
    response = Response(data, status, content_type="application/json")
    response.headers.update(_SECURITY)
    response.headers["Vary"] = "Origin"
    response.headers["Cache-Control"] = _FRESH if status < 300 else "no-cache"
    if status < 300:
        response.headers.update(_REFERRER)
        response.headers["ETag"] = etag(data)
    response.headers.update(headers or {})
    return response


def api_no_content() -> Response:
    response = Response(b"", 204)
    del response.headers["Content-Type"]
    response.headers.update({"Cache-Control": "no-cache", "Vary": "Origin"} | _SECURITY | _REFERRER)
    return response


def api_message(status: int, message: str) -> Response:
    return api({"message": message}, status)


def invalid_token(description: str) -> Response:
    """401 for a token that GitLab knows and refuses (RFC 6750, section 3.1)."""
    response = _bearer_refusal(401, {"error": "invalid_token", "error_description": description})
    response.headers["WWW-Authenticate"] = (
        f'Bearer realm="Protected by OAuth 2.0", error="invalid_token", error_description="{description}"'
    )
    return response


def insufficient_scope(sufficient: tuple[str, ...]) -> Response:
    """403 naming the scopes that would do; without WWW-Authenticate, though RFC 6750 asks for it."""
    body = {
        "error": "insufficient_scope",
        "error_description": INSUFFICIENT_SCOPE,
        "scope": " ".join(sufficient),
    }
    return _bearer_refusal(403, body)


def _bearer_refusal(status: int, body: dict[str, str]) -> Response:
    response = Response(encode(body), status, content_type="application/json")
    response.headers.update({"Cache-Control": "no-cache", "Vary": "Origin"})
    return response


def oauth(body: object, status: int = 200, cache_control: str = _FRESH) -> Response:
    """An answer of `/oauth/...`: JSON with a charset, unlike that of the REST API."""
    data = encode(body)
    response = Response(data, status, content_type="application/json; charset=utf-8")
    response.headers.update({"Cache-Control": cache_control, "Vary": "Accept"} | _SECURITY | _REFERRER)
    if cache_control == _FRESH:
        response.headers["ETag"] = etag(data)
    return response


def oauth_error(status: int, error: str, description: str, vary: bool = True) -> Response:
    """A refusal of `/oauth/token` or `/oauth/token/info` (RFC 6749, section 5.2)."""
    response = oauth({"error": error, "error_description": description}, status, "no-store")
    response.headers["WWW-Authenticate"] = (
        f'Bearer realm="Doorkeeper", error="{error}", error_description="{description}"'
    )
    if not vary:
        del response.headers["Vary"]
    return response


def page(html: str, status: int = 200) -> Response:
    data = html.encode()
    response = Response(data, status, content_type="text/html; charset=utf-8")
    response.headers.update({"Cache-Control": _FRESH, "Vary": "Accept", "ETag": etag(data)})
    response.headers.update(_SECURITY | _REFERRER)
    return response


def redirect(location: str) -> Response:
    response = Response(b"", 302, content_type="text/html; charset=utf-8")
    response.headers.update({"Location": location, "Cache-Control": "no-cache"} | _SECURITY | _REFERRER)
    return response


def etag(data: bytes) -> str:
    return f'W/"{hashlib.sha256(data).hexdigest()[:32]}"'


def ulid(at: float) -> str:
    """A new correlation id: 48 bits of milliseconds and 80 random ones, in Crockford's base 32."""
    number = int(at * 1000) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def finish(response: Response, now: float) -> Response:
    """Add what every answer of GitLab carries: who served it, its correlation id, how long it took."""
    correlation_id = ulid(now)
    response.headers["Server"] = "nginx"
    response.headers["Date"] = formatdate(now, usegmt=True)
    response.headers["X-Request-Id"] = correlation_id
    meta: dict[str, Any] = {"correlation_id": correlation_id, "version": "1"}
    response.headers["X-Gitlab-Meta"] = encode(meta).decode()
    response.headers["X-Runtime"] = f"{time.perf_counter() - g.get('began', time.perf_counter()):.6f}"
    response.headers["Strict-Transport-Security"] = "max-age=63072000"
    response.headers["Nel"] = '{"max_age": 0}'
    return compressed(response)
