"""Connections by OAuth to the sandbox, for the rows about tokens."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.product import inside
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application

ANSWER_SECONDS = 0.05  # of the sandbox, for a token
REFRESH = b"grant_type=refresh_token"


@dataclass(frozen=True, slots=True)
class Granted:
    """Connections by OAuth, and the settings of processes that refresh their tokens; `folder` is for logs."""

    gitlab: Sandbox
    settings: Mapping[str, str]
    folder: Path
    ids: list[str]

    def end_in(self, seconds: float, *ids: str) -> None:
        """Let the tokens of these connections, or of all, end in so many seconds, and forget requests so far."""
        inside(self.settings, "end-tokens", str(seconds), *ids)
        self.gitlab.clear_requests()

    def refreshes(self) -> list[float]:
        """Return when the sandbox was asked for new tokens."""
        return [request.at for request in self.gitlab.requests if REFRESH in request.body]

    def count_stale(self) -> int:
        """Return how many connections have no healthy token that lasts."""
        return len(self.ids) - int(inside(self.settings, "count-fresh"))

    def log_tail(self, name: str) -> str:
        return (self.folder / name).read_text(errors="replace")[-3000:]


def grant(settings: Mapping[str, str], folder: Path, gitlab: Sandbox, count: int) -> Granted:
    """Store so many connections whose tokens are fresh, and have the sandbox take its time for new ones."""
    application = gitlab.application()
    grants = [gitlab.grant(application) for _ in range(count)]
    pairs = [(each.access_token, each.refresh_token) for each in grants]
    everything = {**settings, **client(gitlab, application)}
    given = json.dumps({"instance_url": gitlab.url, "grants": pairs})
    ids = json.loads(inside(everything, "store-grants", given=given))
    gitlab.misbehave("slow", "/oauth/token", seconds=ANSWER_SECONDS)
    return Granted(gitlab, everything, folder, ids)


def client(gitlab: Sandbox, application: Application) -> dict[str, str]:
    """Return the settings of a service whose OAuth client at GitLab is this application."""
    return {
        "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_ID": application.client_id,
        "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_SECRET": application.client_secret,
        "INF_APP_CONNECTION_GITLAB_OAUTH_INSTANCE_URL": gitlab.url,
    }
