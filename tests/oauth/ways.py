"""Every way through a browser: a method, and a server of the sandbox that knows us by its client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from connections.providers import PROVIDERS
from connections.providers.base import Method
from sandbox.github import Sandbox as GitHub
from sandbox.recording import RecordedRequest


@dataclass(frozen=True, slots=True)
class Way:
    """A method, and what a form sends for it: `use` for a new connection, `again` for one that is there.

    `refused` is how the contract words a failed exchange; `token` and `proof` are the paths of the token endpoint
    and of what is asked to prove a grant.
    """

    app: str
    method: str
    use: str
    refused: str
    token: str
    proof: str
    again: str = "secret-sync"

    @property
    def declared(self) -> Method:
        return PROVIDERS[self.app].methods[self.method]

    @property
    def pages(self) -> str:
        return f"/organization/app-connections/{self.app}/oauth"

    @property
    def callback(self) -> str:
        return f"http://127.0.0.1:8000{self.pages}/callback"


GITLAB = Way("gitlab", "oauth", "secret-sync", "Failed to exchange OAuth code", "/oauth/token", "/api/v4/user")
GITHUB = Way("github", "oauth", "secret-sync", "Unable to validate", "/login/oauth/access_token", "/api/v3/user")
GITHUB_APP = Way(
    "github",
    "github-app",
    "install",
    "Unable to validate",
    "/login/oauth/access_token",
    "/api/v3/installation/repositories",
    again="installed",
)
WAYS = (GITLAB, GITHUB, GITHUB_APP)
CONSENTING = (GITLAB, GITHUB)


class Forge(Protocol):
    """What people do at a server."""

    url: str

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        """Every request to it so far."""

    def approve(self, authorize_url: str, user: str = "ann") -> str:
        """Return where `user` is sent back to, who says yes."""

    def deny(self, authorize_url: str, user: str = "ann") -> str:
        """Return where `user` is sent back to, who says no."""

    def misbehave(self, kind: str, path: str = "/", **options: Any) -> Any:
        """Fail requests below a path from now on."""


class Installing:
    """A GitHub where saying yes is installing the App: on the person's own account unless `account` is set."""

    def __init__(self, github: GitHub) -> None:
        self.github, self.url = github, github.url
        self.account: str | None = None

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        return self.github.requests

    def approve(self, authorize_url: str, user: str = "ann") -> str:
        if "/installations/new" not in authorize_url:
            return self.github.approve(authorize_url, user)
        return self.github.install_in_browser(authorize_url, user, self.account)

    def deny(self, authorize_url: str, user: str = "ann") -> str:
        return self.github.deny(authorize_url, user)

    def misbehave(self, kind: str, path: str = "/", **options: Any) -> Any:
        return self.github.misbehave(kind, path, **options)


def ended(forge: Forge, credentials: Mapping[str, Any]) -> bool:
    """Tell whether the server was asked to end this grant."""
    tokens = {credentials["accessToken"], credentials.get("refreshToken", credentials["accessToken"])}
    return any(
        token in request.body.decode() + request.headers.get("Authorization", "")
        for request in given_back(forge)
        for token in tokens
    )


def given_back(forge: Forge) -> list[RecordedRequest]:
    """Return the requests that ended a grant. That of a person who installs an App ends in any case."""
    ways = (
        ("/oauth/revoke", "/installation/token") if isinstance(forge, Installing) else ("/oauth/revoke", "/token")
    )
    return [
        request
        for request in forge.requests
        if request.path.endswith(ways) and (request.method == "DELETE" or request.path == "/oauth/revoke")
    ]
