"""GitHub's rate limits: which one an answer says is reached, and when to ask again.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
"""

import math
import time
from datetime import UTC, datetime
from http import HTTPStatus

from connections.providers.answer import LONGEST_WAIT, Answer, retry_after
from connections.providers.errors import RateLimited

LIMITED = {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
SECONDARY = ("secondary rate limit", "abuse detection")  # as GitHub calls it, and as it used to
SHORTEST_WAIT, USUAL_WAIT = 1.0, 60.0  # seconds


def reached(answer: Answer, api: str, said: str) -> RateLimited | None:
    """Return the error for an answer, whose message is `said`, that a limit is reached; None for any other."""
    if answer.status not in LIMITED:
        return None
    asked = retry_after(answer)
    if asked is not None or any(words in said.lower() for words in SECONDARY):
        return _error(answer, api, "secondary", USUAL_WAIT if asked is None else asked)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.headers.get("X-RateLimit-Remaining") == "0":
        return _error(answer, api, "primary", _until_reset(answer))
    return None


def _until_reset(answer: Answer) -> float:
    """Return the seconds until the primary limit is lifted: the header tells the moment, in seconds since 1970."""
    reset = answer.headers.get("X-RateLimit-Reset", "")
    return float(reset[:12]) - time.time() if reset.isascii() and reset.isdigit() else USUAL_WAIT


def _error(answer: Answer, api: str, limit: str, wait: float) -> RateLimited:
    wait = min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)
    moment = datetime.fromtimestamp(math.ceil(time.time() + wait), UTC)
    message = (
        f"{api} asks to wait: its {limit} rate limit is reached. Try again after {moment:%Y-%m-%d %H:%M:%S} UTC."
    )
    return RateLimited(message, status=answer.status, retry_after=wait, limit=limit)
