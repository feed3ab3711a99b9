"""A GitHub App that is installed on an organization of its own, and an OAuth app whose tokens do not end."""

import secrets
from typing import Any

from sandbox.github import Sandbox
from sandbox.github.installations import Installation
from sandbox.recording import RecordedRequest
from tests.connections.github import world as at_github
from tests.connections.tokens.grantors import AtGitHub


class InstalledApp(AtGitHub):
    """`account` is where it is installed; ann owns it."""

    method = "github-app"
    user_endpoint = listed_at = "/api/v3/installation/repositories"

    def __init__(self, sandbox: Sandbox, authority: str) -> None:
        super().__init__(sandbox, authority)
        self.account = f"acme-{secrets.token_hex(4)}"
        sandbox.organization(self.account, members={"ann": "admin"})
        sandbox.repository(f"{self.account}/api")

    @property
    def installation(self) -> Installation:
        """The installation as it is now."""
        [found] = self.sandbox.hub.installations.of(self.application)
        return found

    def variables(self) -> dict[str, str]:
        return at_github.app_variables(self.sandbox, self.application)

    def credentials(self) -> dict[str, Any]:
        given = at_github.app_credentials(self.sandbox, self.application, account=self.account)
        return {**given, **at_github.of_server(self.sandbox)}

    def made(self) -> list[RecordedRequest]:
        """Return the requests for a token."""
        return [request for request in self.sandbox.requests if request.path.endswith("/access_tokens")]

    def refreshes(self) -> int:
        return len(self.made())


class OAuthApp(AtGitHub):
    """What it is granted has no end and no refresh token."""

    scopes = at_github.SCOPES

    def __init__(self, sandbox: Sandbox, authority: str) -> None:
        super().__init__(sandbox, authority)
        self.oauth_application = sandbox.oauth_application(redirect_uris=[at_github.CALLBACK])

    @property
    def client_id(self) -> str:
        return self.oauth_application.client_id

    def variables(self) -> dict[str, str]:
        return at_github.oauth_variables(self.sandbox, self.oauth_application)

    def credentials(self) -> dict[str, Any]:
        return {"code": at_github.code(self.sandbox, self.oauth_application), **at_github.of_server(self.sandbox)}

    def live_tokens(self) -> set[str]:
        return at_github.live_tokens(self.sandbox, self.oauth_application)
