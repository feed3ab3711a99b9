"""What a token endpoint gave (RFC 6749, section 5.1), read field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connections.providers.answer import Answer, shown
from connections.providers.errors import TokenMissing

LONGEST_TOKEN = 16_384
MOST_SCOPES = 64
LONGEST_LIFE = 10 * 365 * 86_400  # seconds
# Clocks that differ by less are believed; it is well within the margin in which a token is refreshed.
CLOCK_SKEW = 60.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token endpoint's answer (RFC 6749, section 5.1). `scopes` is None when it does not say."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    token_type: str
    scopes: tuple[str, ...] | None
    expires_at: datetime | None


def read(answer: Answer, sent_at: float) -> Tokens:
    """Read a token answer field by field. Raises NotJson, TokenMissing."""
    body = answer.json_object()
    access_token = _text(body, "access_token")
    if not access_token:
        raise TokenMissing(f"{answer.url} answered with status 200, but without an access token.")
    return Tokens(
        access_token=access_token,
        refresh_token=_text(body, "refresh_token") or None,
        token_type=shown(body.get("token_type"), 32) or "Bearer",
        scopes=_scopes(body.get("scope")),
        expires_at=_expiry(body, sent_at),
    )


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    fits = isinstance(value, str) and len(value) <= LONGEST_TOKEN and value.isascii() and value.isprintable()
    return str(value).strip() if fits else ""


def _scopes(value: Any) -> tuple[str, ...] | None:
    return (
        tuple(shown(scope) for scope in value.replace(",", " ").split()[:MOST_SCOPES])
        if isinstance(value, str)
        else None
    )


def _expiry(body: Mapping[str, Any], sent_at: float) -> datetime | None:
    """Return when the access token ends: `created_at + expires_in`.

    A `created_at` that is not about now comes from a clock that differs from ours. Then the life is counted from
    the moment we asked, which is never too late.
    """
    life, created_at = _seconds(body.get("expires_in")), _seconds(body.get("created_at"))
    if life is None:
        return None
    is_near = created_at is not None and abs(created_at - sent_at) <= CLOCK_SKEW
    issued_at = created_at if is_near and created_at is not None else sent_at
    return datetime.fromtimestamp(issued_at, UTC) + timedelta(seconds=min(life, LONGEST_LIFE))


def _seconds(value: Any) -> float | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:12])
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return None
    return float(min(value, 1e12))
