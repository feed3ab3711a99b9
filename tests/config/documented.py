"""What the operations of the OpenAPI document can be tried on."""

from typing import Any

import schemathesis

from sandbox.github import Sandbox as GitHub
from sandbox.gitlab import Sandbox
from tests.clients import identity_with
from tests.connections import requests as gitlab_requests
from tests.connections.github import requests as github_requests


class World:
    """One of everything, and the admin who made it. `ids` fill in paths, `ids_of` those below an app's own."""

    def __init__(self, gitlab: Sandbox, github: GitHub) -> None:
        self.admin = identity_with(role="admin", name="admin")
        self.calls = 0
        project = self.make("/api/v2/workspace", projectName="Platform", slug="platform")["project"]
        mine = self.admin.get("/api/v1/identities/details").json()["identityDetails"]["organization"]
        identity = self.make("/api/v1/identities", name="pipeline", organizationId=mine["id"], role="member")
        self.ids = {"project_id": project["id"], "slug": "platform", "identity_id": identity["identity"]["id"]}
        one = self.ids["identity_id"]
        universal = f"/api/v1/auth/universal-auth/identities/{one}"
        self.make(universal)
        secret = self.make(f"{universal}/client-secrets", description="a")["clientSecretData"]
        self.make(f"/api/v1/auth/token-auth/identities/{one}")
        token = self.make(f"/api/v1/auth/token-auth/identities/{one}/tokens", name="a")["tokenData"]
        member = self.make(f"/api/v2/workspace/{project['id']}/identity-memberships/{one}", role="member")
        self.ids |= {
            "client_secret_id": secret["id"],
            "token_id": token["id"],
            "membership_id": member["identityMembership"]["id"],
        }
        self.ids_of = {
            "gitlab": self.connected("gitlab", gitlab_requests.body(gitlab, name="of-gitlab")),
            "github": self.connected("github", github_requests.body(github, name="of-github")),
        }

    def connected(self, app: str, given: dict[str, Any]) -> dict[str, str]:
        """Make a connection and an instance of an app, and return what paths call them by."""
        base = f"/api/v1/app-connections/{app}"
        connection = self.make(base, **given)["appConnection"]
        registered = {"instanceUrl": f"https://{app}.example.com", "clientId": "id-1", "clientSecrets": ["first"]}
        instance = self.make(f"{base}/instances", **registered)["instance"]
        return {
            "connection_id": connection["id"],
            "name": connection["name"],
            "instance_id": instance["id"],
            "kind": "oauth",
        }

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.admin.token}"}

    def aim(self, case: schemathesis.Case[Any]) -> None:
        """Let every second call meet what exists."""
        self.calls += 1
        if self.calls % 2:
            app = next((app for app in self.ids_of if f"/{app}/" in case.path), "")
            ids = self.ids | self.ids_of.get(app, {})
            case.path_parameters = {name: ids[name] for name in case.path_parameters or {}}

    def make(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.admin.post(path, body)
        assert answer.status_code == 200, answer.content
        made: dict[str, Any] = answer.json()
        return made
