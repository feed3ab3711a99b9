"""GitHub keeps the contract of every provider."""

from collections.abc import Mapping

from connections.providers.base import Credentials, Listing
from connections.providers.clients import OAuthClient
from connections.providers.github import GITHUB
from sandbox.github import Sandbox
from sandbox.github.applications import new_private_key
from tests.connections.github import world
from tests.providers.contract import ProviderContract

RENEWED_SINCE = new_private_key()
SECRETS = {"pat": "personalAccessToken", "oauth": "code", "github-app": "code"}


class TestGitHub(ProviderContract):
    provider = GITHUB
    sandbox = staticmethod(world.populated)

    def good(self, running: Sandbox, method: str) -> Credentials:
        return world.credentials(running, method)

    def bad(self, running: Sandbox, method: str) -> Credentials:
        return {**self.good(running, method), SECRETS[method]: "unknown-to-this-github"}

    def client(self, running: Sandbox, kind: str) -> OAuthClient:
        if kind == "oauth":
            application = world.application_at(running)
            return OAuthClient(application.client_id, ["renewed since", application.client_secret], world.CALLBACK)
        app = world.app_at(running)
        return OAuthClient(
            app.client_id,
            ["renewed since", app.client_secret],
            world.CALLBACK,
            details={"slug": app.slug, "appId": str(app.id)},
            private_keys=[RENEWED_SINCE, app.private_key],
        )

    def query(self, running: Sandbox, listing: Listing) -> Mapping[str, str]:
        return {"owner": "acme", "repo": "api"} if listing.query else {}
