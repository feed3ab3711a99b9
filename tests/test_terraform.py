"""The calls of Infisical's Terraform provider for a whole configuration: apply, plan, update, destroy.

Bodies are what the provider sends, stray keys and noise included; what it reads from answers is checked for value
and JSON type, since Go decodes strictly.
"""

from datetime import datetime
from typing import Any

import pytest

from sandbox.gitlab import Sandbox
from tests.clients import Api, bootstrap, login

pytestmark = pytest.mark.django_db

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


@pytest.fixture
def terraform(db: None) -> Terraform:
    """The provider with an organization admin's client id and secret, as an operator sets it up."""
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


def test_apply_then_plan_shows_no_change(terraform: Terraform, gitlab: Sandbox) -> None:
    ids = apply(terraform, gitlab)
    terraform.phase()
    state = read(terraform, ids)
    assert state["project"] == {
        "id": ids["project"],
        "name": "Platform",
        "slug": "platform-connections",
        "type": "secret-manager",
        "description": "Connections of the platform team",
        "hasDeleteProtection": False,
    }
    assert state["identity"] == ("deployer", "member", None)
    assert state["auth"] == (
        3600,
        86400,
        [{"type": "ipv4", "ipAddress": "0.0.0.0", "prefix": 0}, {"type": "ipv6", "ipAddress": "::", "prefix": 0}],
    )
    assert state["roles"] == [("admin", False)]
    assert state["secret"] is False
    assert state["connections"]["gitlab-organization"][1:3] == (None, None)
    assert state["connections"]["gitlab-platform"][2] == ids["project"]
    terraform.phase()
    assert read(terraform, ids) == state


def test_update_then_plan_shows_what_was_sent(terraform: Terraform, gitlab: Sandbox) -> None:
    ids = apply(terraform, gitlab)
    terraform.phase()
    terraform.call(
        "PATCH",
        f"/api/v1/projects/{ids['project']}",
        {
            "projectId": ids["project"],
            "slug": "platform-connections",
            "name": "Renamed",
            "description": "",
            "hasDeleteProtection": False,
        },
    )
    terraform.call(
        "PUT",
        "/api/v1/workspace/platform-connections/audit-logs-retention",
        {"ProjectSlug": "platform-connections", "auditLogsRetentionDays": 30},
    )
    terraform.call(
        "PATCH",
        f"/api/v1/identities/{ids['identity']}",
        {
            "identityId": ids["identity"],
            "name": "renamed",
            "hasDeleteProtection": False,
            "role": "no-access",
            "metadata": [],
        },
    )
    terraform.call("PATCH", membership(ids), member_body(ids, "viewer"))
    sent = connection_body(gitlab, "gitlab-renamed") | {"ID": ids["gitlab-organization"], "description": ""}
    terraform.call("PATCH", f"/api/v1/app-connections/gitlab/{ids['gitlab-organization']}", sent)
    state = read(terraform, ids)
    assert state["project"]["name"] == "Renamed"
    assert state["project"]["description"] in {None, ""}
    assert state["identity"] == ("renamed", "no-access", None)
    assert state["roles"] == [("viewer", False)]
    assert state["connections"]["gitlab-organization"][:3] == ("gitlab-renamed", "", None)
    assert read(terraform, ids) == state


def test_destroy_leaves_nothing(terraform: Terraform, gitlab: Sandbox) -> None:
    ids = apply(terraform, gitlab)
    terraform.phase()
    base = f"/api/v1/auth/universal-auth/identities/{ids['identity']}"
    identity = {"identityId": ids["identity"]}
    for name in ("gitlab-organization", "gitlab-platform"):
        terraform.call("DELETE", f"/api/v1/app-connections/gitlab/{ids[name]}")
    terraform.call("DELETE", membership(ids), {"projectId": ids["project"], **identity})
    revoke = {**identity, "clientSecretId": ids["secret"]}
    terraform.call("POST", f"{base}/client-secrets/{ids['secret']}/revoke", revoke)
    terraform.call("DELETE", base, identity)
    terraform.call("DELETE", f"/api/v1/identities/{ids['identity']}", identity)
    terraform.call("DELETE", "/api/v2/workspace/platform-connections")
    for path in (
        f"/api/v1/app-connections/gitlab/{ids['gitlab-platform']}",
        f"/api/v1/identities/{ids['identity']}",
        f"/api/v1/workspace/{ids['project']}",
        base,
        membership(ids),
    ):
        assert terraform.api.get(path).status_code == 404, path


def test_data_sources_read_what_there_is(terraform: Terraform, gitlab: Sandbox) -> None:
    ids = apply(terraform, gitlab)
    flat = terraform.call("GET", "/api/v2/workspace/platform-connections")
    assert flat["id"] == ids["project"]
    assert [environment["slug"] for environment in flat["environments"]] == ["dev", "staging", "prod"]
    listed = terraform.call("GET", "/api/v1/projects")["projects"]
    assert [project["id"] for project in listed] == [ids["project"]]
    assert terraform.call("GET", "/api/v1/sub-organizations") == {"organizations": [], "totalCount": 0}


def test_adopting_an_existing_membership_and_importing_it(terraform: Terraform, gitlab: Sandbox) -> None:
    ids = apply(terraform, gitlab)
    own = terraform.api.get("/api/v1/projects").json()
    assert own["projects"]
    found = terraform.call("GET", membership(ids))["identityMembership"]
    imported = terraform.call("GET", f"/api/v2/workspace/identity-memberships/{found['id']}")["identityMembership"]
    assert imported["project"]["id"] == ids["project"]
    again = terraform.api.post(membership(ids), member_body(ids, "admin"))
    assert again.status_code == 400
