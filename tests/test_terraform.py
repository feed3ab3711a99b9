"""The calls of Infisical's Terraform provider for a whole configuration: apply, plan, update, destroy.

Bodies are what the provider sends, stray keys and noise included; what it reads from answers is checked for value
and JSON type, since Go decodes strictly.
"""

import json
from typing import Any

import pytest

from sandbox.github import Sandbox as GitHub
from sandbox.gitlab import Sandbox
from tests.connections.github import world
from tests.terraform import Terraform, apply, connection_body, member_body, membership, read, set_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def terraform(db: None) -> Terraform:
    return set_up()


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


# GitHub: bodies are the very bytes, in Go's order of keys


GITHUB = "/api/v1/app-connections/github"
# What Go decodes, each into a string but `version`; null leaves it empty.
DECODED = (
    "id", "name", "description", "version", "orgId", "projectId", "app", "method", "credentialsHash", "gatewayId"
)  # fmt: skip


def decoded(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a connection as the provider has it in its memory."""
    assert set(answer) == {"appConnection"}
    found = {name: answer["appConnection"].get(name) for name in DECODED}
    assert isinstance(found.pop("version"), int)
    assert all(value is None or isinstance(value, str) for value in found.values())
    assert found["projectId"] != "", "it would be drift, and force a replacement"
    return found


def github_credentials(github: GitHub) -> str:
    host, token = world.host_of(github), github.personal_token(scopes=world.SCOPES).value
    return json.dumps({"host": host, "instanceType": "server", "personalAccessToken": token}, separators=(",", ":"))


def test_the_life_of_a_github_connection(terraform: Terraform, github: GitHub) -> None:
    credentials = github_credentials(github)
    given = f'{{"App":"github","method":"pat","name":"github-organization","credentials":{credentials}}}'
    made = decoded(terraform.send("POST", GITHUB, given))
    assert (made["name"], made["description"], made["projectId"]) == ("github-organization", None, None)
    assert (made["app"], made["method"], made["gatewayId"]) == ("github", "pat", None)

    terraform.phase()
    path = f"{GITHUB}/{made['id']}"
    assert decoded(terraform.call("GET", path)) == made, "a plan shows no change"

    changed = decoded(
        terraform.send(
            "PATCH",
            path,
            f'{{"ID":"{made["id"]}","App":"github","description":"","method":"pat","name":"renamed",'
            f'"credentials":{credentials}}}',
        )
    )
    assert changed == made | {"name": "renamed", "description": "", "credentialsHash": changed["credentialsHash"]}
    terraform.phase()
    assert decoded(terraform.call("GET", path)) == changed, "a plan shows no conflict"

    assert decoded(terraform.call("DELETE", path)) == changed
    assert terraform.api.get(path).status_code == 404


def test_the_life_of_a_github_connection_of_a_project(terraform: Terraform, github: GitHub) -> None:
    sent = {"projectName": "Platform", "slug": "platform", "type": "secret-manager"}
    project = terraform.call("POST", "/api/v2/workspace", sent)["project"]["id"]
    credentials = github_credentials(github)
    made = decoded(
        terraform.send(
            "POST",
            GITHUB,
            '{"App":"github","description":"of the platform team","method":"pat","name":"github-platform",'
            f'"credentials":{credentials},"projectId":"{project}"}}',
        )
    )
    assert (made["description"], made["projectId"]) == ("of the platform team", project)
    path = f"{GITHUB}/{made['id']}"
    changed = decoded(
        terraform.send(
            "PATCH",
            path,
            f'{{"ID":"{made["id"]}","App":"github","description":"","method":"pat","name":"github-platform",'
            f'"credentials":{credentials},"projectId":"{project}"}}',
        )
    )
    assert (changed["description"], changed["projectId"]) == ("", project)
    terraform.phase()
    assert decoded(terraform.call("GET", path)) == changed
    terraform.call("DELETE", path)


def test_a_github_connection_to_github_com_names_no_host(
    terraform: Terraform, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connections.providers.github.credentials.DEFAULT_API", f"{github.url}/api/v3")
    token = github.personal_token().value
    made = terraform.send(
        "POST",
        GITHUB,
        '{"App":"github","method":"pat","name":"github-cloud",'
        f'"credentials":{{"instanceType":"cloud","personalAccessToken":"{token}"}}}}',
    )
    assert made["appConnection"]["credentials"] == {"instanceType": "cloud"}
    assert decoded(terraform.call("GET", f"{GITHUB}/{made['appConnection']['id']}")) == decoded(made)
