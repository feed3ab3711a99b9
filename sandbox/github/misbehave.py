"""Ways in which only a GitHub fails its clients: its rate limits, and its page for a server error."""

import json
from collections.abc import Mapping
from functools import partial

from werkzeug.wrappers import Response

from sandbox import misbehave
from sandbox.github import rate_limits
from sandbox.github.answers import DOCUMENTATION
from sandbox.misbehave import Behaviour, Call, answer

PRIMARY = (
    "API rate limit exceeded for user ID 1001. If you reach out to GitHub Support for help, please include the "
    "request ID {request}."
)
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to "
    "GitHub Support for help, please include the request ID {request}."
)
REQUEST = "C0DE:3B2F1A:1A2B3C4D:5E6F7A8B:665F0C2D"


def rate_limit(
    call: Call, *, status: int = 403, secondary: bool = False, retry_after: int = 60, limit: int = rate_limits.LIMIT
) -> Response:
    """The primary limit, used up until `retry_after` seconds from now; or the `secondary` one, which says how long
    to wait and leaves the primary one as it was.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    used = 1 if secondary else limit
    headers = rate_limits.headers(limit, used, call.now + retry_after)
    if secondary:
        headers["Retry-After"] = str(retry_after)
    message = (SECONDARY if secondary else PRIMARY).format(request=REQUEST)
    body = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
    head = {
        "Server": "GitHub.com",
        "Content-Type": "application/json; charset=utf-8",
        "X-GitHub-Request-Id": REQUEST,
    }
    return answer(call, json.dumps(body, separators=(",", ":")), status, head | headers)


SERVER_ERROR = """<!DOCTYPE html>
<html>
<head><title>Unicorn! &middot; GitHub</title></head>
<body>
  <h1>{status}</h1>
  <p><strong>No server is currently available to service your request.</strong></p>
  <p>Sorry about that. Please try refreshing and contact us if the problem persists.</p>
</body>
</html>
"""
BEHAVIOURS: Mapping[str, Behaviour] = {
    **misbehave.BEHAVIOURS,
    "rate-limit": rate_limit,
    "status": partial(misbehave.status, page=SERVER_ERROR),
}
