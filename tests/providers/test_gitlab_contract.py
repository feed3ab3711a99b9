"""GitLab keeps the contract of every provider."""

from connections.providers.base import Credentials
from connections.providers.gitlab import GITLAB
from sandbox.gitlab import Sandbox
from tests.providers.contract import ProviderContract


def populated() -> Sandbox:
    """Return a GitLab with something to list."""
    sandbox = Sandbox()
    sandbox.project("platform/api")
    return sandbox


class TestGitLab(ProviderContract):
    provider = GITLAB
    sandbox = staticmethod(populated)

    def good(self, running: Sandbox, method: str) -> Credentials:
        return {
            "accessToken": running.personal_token().value,
            "accessTokenType": "personal",
            "instanceUrl": f"{running.url}/",
        }

    def bad(self, running: Sandbox, method: str) -> Credentials:
        return {**self.good(running, method), "accessToken": "glpat-unknown-to-this-gitlab"}
