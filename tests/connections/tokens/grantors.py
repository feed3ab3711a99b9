"""Servers that grant by OAuth what is refreshed with single-use tokens, as the table of races needs them.

What is the same at all of them is tested with each; where they differ, each says here how.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from types import ModuleType
from typing import Any, Self

import pytest
import requests

from connections.providers.github import oauth as github_oauth
from connections.providers.gitlab import oauth as gitlab_oauth
from sandbox import github, gitlab
from sandbox.github.applications import App
from sandbox.gitlab.applications import Application
from sandbox.recording import RecordedRequest
from tests.connections import oauth as at_gitlab
from tests.connections.github import world as at_github
from tests.connections.requests import BASE

# Of tests about what depends on nothing that a server says: there, one of them will do.
OF_OUR_OWN = pytest.mark.parametrize("grantor", ["gitlab"], indirect=True)


class Grantor(ABC):
    """A GitLab or a GitHub, and our OAuth client there.

    Of its paths `token_endpoint` refreshes, `user_endpoint` is what a check asks and `listed_at` where `listing`
    comes from. `lost` and `wrong_secret` are its words, `refused_with` the status that it says no to a refresh by.
    """

    app: str
    method = "oauth"
    product: ModuleType
    token_endpoint: str
    user_endpoint: str
    listing: str
    listed_at: str
    refused_with: int
    lost: str
    revoked: str
    wrong_secret: str
    life: timedelta
    scopes: tuple[str, ...]
    sent_in_revocation: set[str]
    said_of_a_page: str
    without_refresh_token: str
    other_limit: Mapping[str, Any]
    sandbox: gitlab.Sandbox | github.Sandbox
    application: Application | App
    authority: str | None = None  # a file with the certificate to trust

    @property
    def path(self) -> str:
        """The path of our API to its connections."""
        return f"{BASE}/{self.app}"

    @property
    def secret_variable(self) -> str:
        return f"INF_APP_CONNECTION_{self.app.upper()}_OAUTH_CLIENT_SECRET"

    def configure(self, settings: Any) -> Self:
        """Make our client there the operator's."""
        settings.APP_CONNECTION_VARIABLES = self.variables()
        return self

    @abstractmethod
    def variables(self) -> dict[str, str]:
        """Return the environment of a service whose OAuth client there is ours."""

    @abstractmethod
    def another_client(self) -> dict[str, str]:
        """The same with another client there."""

    @abstractmethod
    def credentials(self) -> dict[str, Any]:
        """Return what somebody connects with: a new code, and where it is from."""

    @property
    @abstractmethod
    def revoked_at(self) -> str:
        """The path at which a grant is ended."""

    @abstractmethod
    def named_in_revocation(self, credentials: Mapping[str, Any]) -> str:
        """Return the token by which a grant is ended."""

    @abstractmethod
    def live_tokens(self) -> set[str]:
        """Return every access token of our client that is still accepted."""

    def works(self, token: str) -> bool:
        """Ask whether it accepts an access token."""
        bearer = {"Authorization": f"Bearer {token}"}
        url = f"{self.sandbox.url}{self.user_endpoint}"
        return requests.get(url, headers=bearer, timeout=10, verify=self.authority or True).ok

    def refreshes(self) -> int:
        """Return how many refreshes it was asked for."""
        return sum(b"grant_type=refresh_token" in request.body for request in self.sandbox.requests)

    def revocations(self) -> list[RecordedRequest]:
        """Return the requests to end a grant."""
        return [request for request in self.sandbox.requests if request.path == self.revoked_at]

    def fail(self, kind: str, **options: Any) -> None:
        """Let its token endpoint fail; `other-limit` is the second of its rate limits."""
        how = self.other_limit if kind == "other-limit" else {"kind": kind, **options}
        self.sandbox.misbehave(path=self.token_endpoint, **how)

    def asked_for(self, path: str) -> list[int | None]:
        """Return the statuses of all requests for a path."""
        return [request.status for request in self.sandbox.requests if request.path == path]


class AtGitLab(Grantor):
    app = "gitlab"
    product = gitlab_oauth
    token_endpoint = "/oauth/token"
    revoked_at = "/oauth/revoke"
    user_endpoint = "/api/v4/user"
    listing = "projects"
    listed_at = "/api/v4/projects"
    refused_with = 400
    lost = "The provided authorization grant is invalid"
    revoked = "Token was revoked"
    wrong_secret = "Client authentication failed"
    other_limit = {"kind": "rate-limit-json"}
    life = timedelta(hours=2)
    scopes = ("api",)
    sent_in_revocation = {"token", "client_id", "client_secret"}
    said_of_a_page = "an HTML page instead of JSON"
    without_refresh_token = "The grant came without a refresh token"
    sandbox: gitlab.Sandbox
    application: Application

    def __init__(self, sandbox: gitlab.Sandbox) -> None:
        self.sandbox = sandbox
        self.application = self._application()

    def _application(self) -> Application:
        return self.sandbox.application(redirect_uris=[at_gitlab.CALLBACK], scopes=at_gitlab.SCOPES)

    def variables(self) -> dict[str, str]:
        return at_gitlab.variables(self.sandbox, self.application)

    def another_client(self) -> dict[str, str]:
        return at_gitlab.variables(self.sandbox, self._application())

    def credentials(self) -> dict[str, Any]:
        return {"code": at_gitlab.code(self.sandbox, self.application), "instanceUrl": self.sandbox.url}

    def named_in_revocation(self, credentials: Mapping[str, Any]) -> str:
        return str(credentials["refreshToken"])

    def live_tokens(self) -> set[str]:
        issued = list(self.sandbox._applications._by_access.values())
        ours = (token for token in issued if token.check_client(self.application))
        return {token.access_token for token in ours if token.accessible()}


class AtGitHub(Grantor):
    """A GitHub App in the place of an OAuth app, with the expiry of its tokens on."""

    app = "github"
    product = github_oauth
    token_endpoint = "/login/oauth/access_token"
    user_endpoint = "/api/v3/user"
    listing = "repositories"
    listed_at = "/api/v3/user/repos"
    refused_with = 200
    lost = "The refresh token passed is incorrect or expired"
    revoked = "does not know this token"
    wrong_secret = "The client_id and/or client_secret passed are incorrect"
    other_limit = {"kind": "rate-limit", "secondary": True, "retry_after": 30}
    life = timedelta(hours=8)
    scopes: tuple[str, ...] = ()
    sent_in_revocation = {"access_token"}
    said_of_a_page = "answered with status 200"
    without_refresh_token = "It was revoked, or the app was deleted"
    sandbox: github.Sandbox
    application: App

    def __init__(self, sandbox: github.Sandbox, authority: str) -> None:
        self.sandbox = sandbox
        self.authority = authority
        self.application = at_github.expiring_app(sandbox)

    def variables(self) -> dict[str, str]:
        return at_github.oauth_variables(self.sandbox, self.application)

    def another_client(self) -> dict[str, str]:
        return at_github.oauth_variables(self.sandbox, at_github.expiring_app(self.sandbox))

    def credentials(self) -> dict[str, Any]:
        return {"code": at_github.code(self.sandbox, self.application), **at_github.of_server(self.sandbox)}

    @property
    def client_id(self) -> str:
        return self.application.client_id

    @property
    def revoked_at(self) -> str:
        return f"/api/v3/applications/{self.client_id}/token"

    def named_in_revocation(self, credentials: Mapping[str, Any]) -> str:
        return str(credentials["accessToken"])

    def live_tokens(self) -> set[str]:
        return at_github.live_tokens(self.sandbox, self.application)
