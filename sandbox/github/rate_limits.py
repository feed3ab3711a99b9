"""How many requests a token made in this hour. Nobody is stopped: `misbehave("rate-limit")` does that.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

import threading

from sandbox.clock import Clock

WINDOW = 3600
LIMIT = 5000
LIMIT_OF_STRANGERS = 60


def headers(limit: int, used: int, reset: float) -> dict[str, str]:
    """`reset` is the moment, in seconds, at which `used` starts from zero again."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(limit - used, 0)),
        "X-RateLimit-Reset": str(int(reset)),
        "X-RateLimit-Resource": "core",
        "X-RateLimit-Used": str(used),
    }


class RateLimits:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def count(self, token: str | None) -> dict[str, str]:
        """The headers for one more request with `token`; None for a request without."""
        now = self.clock.now()
        with self._lock:
            reset, used = self._windows.get(token or "", (0.0, 0))
            if now >= reset:
                reset, used = now + WINDOW, 0
            self._windows[token or ""] = reset, used + 1
        return headers(LIMIT if token else LIMIT_OF_STRANGERS, used + 1, reset)
