"""Infisical's Terraform provider, as far as the service sees it: how it logs in, sends, and reads answers.

`apply` and `read` are a whole configuration of it.
"""

from datetime import datetime
from typing import Any

from sandbox.gitlab import Sandbox
from tests.clients import ADDRESS, Api, bootstrap, login

PROJECT_KEYS = ("id", "name", "slug", "type", "description", "hasDeleteProtection")
NOISE = {"isTemporary": False, "temporaryMode": "", "temporaryRange": ""}


class Terraform:
    """The provider: logs in for each phase, and takes every 2xx with JSON for a success."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self.credentials = (client_id, client_secret)
        self.phase()

    def phase(self) -> None:
        """Start the provider again."""
        answer = login(*self.credentials)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        assert body["tokenType"] == "Bearer"
        assert isinstance(body["expiresIn"], int)
        assert isinstance(body["accessTokenMaxTTL"], int)
        self.api = Api(token=body["accessToken"])

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = self.api.request(method, path, body, headers={"User-Agent": "terraform"})
        assert answer.status_code == 200, (method, path, answer.content)
        assert "json" in answer.headers["Content-Type"]
        assert not answer.cookies
        decoded: dict[str, Any] = answer.json()
        return decoded

    def send(self, method: str, path: str, text: str) -> dict[str, Any]:
        """Send the very bytes of a body."""
        answer = self.api.client.generic(
            method,
            path,
            text,
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {self.api.token}",
                "User-Agent": "terraform",
                "Accept": "application/json",
            },
            REMOTE_ADDR=ADDRESS,
        )
        assert answer.status_code == 200, (method, path, answer.content)
        assert "json" in answer.headers["Content-Type"]
        decoded: dict[str, Any] = answer.json()
        return decoded


def set_up() -> Terraform:
    """Return the provider with an organization admin's client id and secret, as an operator sets it up."""
    admin = bootstrap()
    organization = admin.get("/api/v1/identities/details").json()["identityDetails"]["organization"]["id"]
    given = {"name": "terraform", "organizationId": organization, "role": "admin"}
    identity = admin.post("/api/v1/identities", given).json()["identity"]["id"]
    base = f"/api/v1/auth/universal-auth/identities/{identity}"
    client_id = admin.post(base, {"identityId": identity}).json()["identityUniversalAuth"]["clientId"]
    secret = admin.post(f"{base}/client-secrets", {"description": "", "numUsesLimit": 0, "ttl": 0}).json()
    return Terraform(client_id, secret["clientSecret"])


def apply(terraform: Terraform, gitlab: Sandbox) -> dict[str, str]:
    """Create everything of the example; returns the ids."""
    organization = terraform.call("GET", "/api/v1/identities/details")["identityDetails"]["organization"]["id"]
    terraform.phase()
    project = terraform.call(
        "POST",
        "/api/v2/workspace",
        {
            "projectName": "Platform",
            "slug": "platform-connections",
            "organizationSlug": "",
            "type": "secret-manager",
            "shouldCreateDefaultEnvs": True,
            "hasDeleteProtection": False,
            "projectDescription": "Connections of the platform team",
        },
    )["project"]
    moment(project["updatedAt"])
    identity = terraform.call(
        "POST",
        "/api/v1/identities",
        {"name": "deployer", "hasDeleteProtection": False, "organizationId": organization, "role": "member"},
    )["identity"]
    ids = {"organization": organization, "project": project["id"], "identity": identity["id"]}
    terraform.call(
        "POST",
        f"/api/v1/auth/universal-auth/identities/{identity['id']}",
        {
            "identityId": identity["id"],
            "accessTokenTTL": 3600,
            "accessTokenMaxTTL": 86400,
            "accessTokenTrustedIps": [{"ipAddress": "0.0.0.0/0"}, {"ipAddress": "::/0"}],
        },
    )
    terraform.call("POST", membership(ids), member_body(ids, "admin"))
    terraform.call("GET", membership(ids))
    secret = terraform.call(
        "POST",
        f"/api/v1/auth/universal-auth/identities/{identity['id']}/client-secrets",
        {"identityId": identity["id"], "description": "created by terraform", "numUsesLimit": 0, "ttl": 0},
    )
    assert len(secret["clientSecret"]) == 64
    ids["secret"] = secret["clientSecretData"]["id"]
    for name, scope in (("gitlab-organization", {}), ("gitlab-platform", {"projectId": project["id"]})):
        made = terraform.call("POST", "/api/v1/app-connections/gitlab", connection_body(gitlab, name) | scope)
        ids[name] = made["appConnection"]["id"]
    return ids


def connection_body(gitlab: Sandbox, name: str) -> dict[str, Any]:
    return {
        "App": "gitlab",
        "method": "access-token",
        "name": name,
        "credentials": {
            "accessToken": gitlab.group_token("platform").value,
            "accessTokenType": "group",
            "instanceUrl": gitlab.url,
        },
    }


def membership(ids: dict[str, str]) -> str:
    return f"/api/v2/workspace/{ids['project']}/identity-memberships/{ids['identity']}"


def member_body(ids: dict[str, str], role: str) -> dict[str, Any]:
    start = "2026-11-20T12:33:00.123456789Z"
    return {
        "projectId": ids["project"],
        "identityId": ids["identity"],
        "roles": [{"role": role, **NOISE, "temporaryAccessStartTime": start}],
    }


def read(terraform: Terraform, ids: dict[str, str]) -> dict[str, Any]:
    """Return what a plan reads, as the provider keeps it in its state."""
    project = terraform.call("GET", f"/api/v1/workspace/{ids['project']}")["workspace"]
    identity = terraform.call("GET", f"/api/v1/identities/{ids['identity']}")["identity"]
    base = f"/api/v1/auth/universal-auth/identities/{ids['identity']}"
    auth = terraform.call("GET", base)["identityUniversalAuth"]
    secret = terraform.call("GET", f"{base}/client-secrets/{ids['secret']}")["clientSecretData"]
    member = terraform.call("GET", membership(ids))["identityMembership"]
    connections = {
        name: terraform.call("GET", f"/api/v1/app-connections/gitlab/{ids[name]}")["appConnection"]
        for name in ("gitlab-organization", "gitlab-platform")
    }
    return {
        "project": {key: project[key] for key in PROJECT_KEYS},
        "identity": (identity["identity"]["name"], identity["role"], identity.get("customRole")),
        "auth": (auth["accessTokenTTL"], auth["accessTokenMaxTTL"], auth["accessTokenTrustedIps"]),
        "secret": secret["isClientSecretRevoked"],
        "roles": [(role.get("customRoleSlug") or role["role"], role["isTemporary"]) for role in member["roles"]],
        "connections": {
            name: (one["name"], one["description"], one["projectId"], one["credentialsHash"])
            for name, one in connections.items()
        },
    }


def moment(text: str) -> None:
    """RFC 3339 with an offset."""
    assert datetime.fromisoformat(text).tzinfo is not None
