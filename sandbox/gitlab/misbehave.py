"""Ways in which only a GitLab fails its clients: its rate limits, and its page for a server error."""

from collections.abc import Mapping
from email.utils import formatdate
from functools import partial

from werkzeug.wrappers import Response

from sandbox import misbehave
from sandbox.gitlab import answers
from sandbox.misbehave import Behaviour, Call, answer


def rate_limit(call: Call, *, retry_after: int = 60, limit: int = 7200) -> Response:
    """https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers"""
    reset = call.now + retry_after
    headers = {
        "Content-Type": "text/plain",
        "RateLimit-Name": "throttle_authenticated_api",
        "RateLimit-Limit": str(limit),
        "RateLimit-Observed": str(limit + 1),
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": str(int(reset)),
        "RateLimit-ResetTime": formatdate(reset, usegmt=True),
        "Retry-After": str(retry_after),
    }
    return answer(call, "Retry later\n", 429, headers)


def rate_limit_json(call: Call) -> Response:
    """The limit of a single endpoint: JSON, and no header that says for how long."""
    body = {"message": {"error": "This endpoint has been requested too many times. Try again later."}}
    headers = {"Content-Type": "application/json", "Cache-Control": "no-cache", "Vary": "Origin"}
    return answer(call, answers.encode(body), 429, headers)


SERVER_ERROR = """<!DOCTYPE html>
<html>
<head>
  <meta content="width=device-width, initial-scale=1, maximum-scale=1" name="viewport">
  <title>The server is not responding ({status})</title>
</head>
<body>
  <h1>{status}</h1>
  <div class="container">
    <h3>Whoops, GitLab is taking too much time to respond.</h3>
    <hr />
    <p>Try refreshing the page, or going back and attempting the action again.</p>
    <p>Please contact your GitLab administrator if this problem persists.</p>
  </div>
</body>
</html>
"""
BEHAVIOURS: Mapping[str, Behaviour] = {
    **misbehave.BEHAVIOURS,
    "rate-limit": rate_limit,
    "rate-limit-json": rate_limit_json,
    "status": partial(misbehave.status, page=SERVER_ERROR),
}
