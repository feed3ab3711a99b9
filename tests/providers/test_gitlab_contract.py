"""GitLab keeps the contract of every provider."""

from connections.providers.base import Credentials
from connections.providers.clients import OAuthClient
from connections.providers.gitlab import GITLAB
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.connections import oauth
from tests.providers.contract import ProviderContract


def populated() -> Sandbox:
    """Return a GitLab with something to list."""
    sandbox = Sandbox()
    sandbox.project("platform/api")
    return sandbox


def the_application(running: Sandbox) -> Application:
    """Return the one OAuth application of this GitLab."""
    try:
        return running.find_application("contract")
    except KeyError:
        return running.application(redirect_uris=[oauth.CALLBACK], scopes=oauth.SCOPES, client_id="contract")


class TestGitLab(ProviderContract):
    provider = GITLAB
    sandbox = staticmethod(populated)

    def good(self, running: Sandbox, method: str) -> Credentials:
        if method == "oauth":
            return {"code": oauth.code(running, the_application(running)), "instanceUrl": running.url}
        return {
            "accessToken": running.personal_token().value,
            "accessTokenType": "personal",
            "instanceUrl": f"{running.url}/",
        }

    def bad(self, running: Sandbox, method: str) -> Credentials:
        secret = "code" if method == "oauth" else "accessToken"
        return {**self.good(running, method), secret: "unknown-to-this-gitlab"}

    def client(self, running: Sandbox, kind: str) -> OAuthClient:
        assert kind == "oauth"
        application = the_application(running)
        return OAuthClient(application.client_id, ["renewed since", application.client_secret], oauth.CALLBACK)
