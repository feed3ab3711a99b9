"""Rate limits: requests of one client within a minute or an hour, counted in the database for all processes."""

import time
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db import connection

from wire.errors import RateLimited
from wire.models import RateWindow

WINDOW = 60
KEPT_WINDOWS = 60

# One statement, so that two requests at once count as two on every database.
COUNT = """
    INSERT INTO wire_ratewindow (key, starts_at, count) VALUES (%s, %s, 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN wire_ratewindow.starts_at = excluded.starts_at THEN wire_ratewindow.count + 1 ELSE 1 END,
        starts_at = excluded.starts_at
    RETURNING count
"""


class Limit(StrEnum):
    """What is counted. The setting `RATE_LIMITS` holds how much of it its window allows; 0 is no limit."""

    LOGIN = "login"
    PASSWORD_RESET = "password-reset"  # noqa: S105  # a limit's name
    SECOND_FACTOR = "second-factor"
    SIGN_IN = "sign-in"
    WRITE = "write"

    @property
    def window(self) -> int:
        """The seconds that are counted together; at most as many as windows are kept."""
        return 3600 if self in {Limit.PASSWORD_RESET, Limit.SECOND_FACTOR} else WINDOW


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a limit is used up. `reset` is in seconds from now."""

    allowed: int
    used: int
    reset: int

    def check(self) -> None:
        if self.used > self.allowed:
            raise RateLimited(retry_after=self.reset)

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.allowed),
            "X-RateLimit-Remaining": str(max(self.allowed - self.used, 0)),
            "X-RateLimit-Reset": str(self.reset),
        }


def count(limit: Limit, client: str) -> Usage | None:
    """Count one request of `client`; None when the operator set no limit."""
    allowed: int = settings.RATE_LIMITS[limit]
    if not allowed:
        return None
    now = int(time.time())
    window = now - now % limit.window
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [f"{limit}:{client}", window])
        (used,) = cursor.fetchone()
    if used == 1:
        RateWindow.objects.filter(starts_at__lt=window - KEPT_WINDOWS * WINDOW).delete()
    return Usage(allowed=allowed, used=used, reset=window + limit.window - now)
