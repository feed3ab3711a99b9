"""Who may do what with a GitHub connection: 404 outside one's scope, 403 inside but too weak."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from sandbox.github import Sandbox
from tests.clients import Api, anonymous, identity_with, stranger
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, NOBODY, body, create
from tests.connections.requests import project

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

# Which roles may do it: in an organization, and in a project, where a viewer may do none of it.
CHANGES, USES = {"admin"}, {"admin", "member"}
ROLES = ("admin", "member", "no-access")
QUERY = {"owner": "acme", "repo": "api"}

Call = Callable[[Api, str, Sandbox], "Response"]
OPERATIONS: dict[str, tuple[set[str], Call]] = {
    "get": (CHANGES, lambda api, path, github: api.get(path)),
    "rename": (CHANGES, lambda api, path, github: api.patch(path, {"name": "platform"})),
    "replace credentials": (
        CHANGES,
        lambda api, path, github: api.patch(path, {"credentials": world.credentials(github, "pat")}),
    ),
    "list repositories": (USES, lambda api, path, github: api.get(f"{path}/repositories")),
    "list organizations": (USES, lambda api, path, github: api.get(f"{path}/organizations")),
    "list environments": (USES, lambda api, path, github: api.get(f"{path}/environments", QUERY)),
    "delete": (CHANGES, lambda api, path, github: api.delete(path)),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_role_in_the_organization_allows(admin: Api, github: Sandbox, role: str, operation: str) -> None:
    path = f"{GITHUB}/{create(admin, github)['id']}"
    allowed, call = OPERATIONS[operation]
    github.clear_requests()
    answer = call(identity_with(role=role), path, github)
    assert answer.status_code == (200 if role in allowed else 403)
    assert role in allowed or github.requests == []


@pytest.mark.parametrize("role", [*ROLES, "viewer"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_role_in_the_project_allows(admin: Api, github: Sandbox, role: str, operation: str) -> None:
    project_id = project(admin)
    path = f"{GITHUB}/{create(admin, github, projectId=project_id)['id']}"
    allowed, call = OPERATIONS[operation]
    api = identity_with(role="no-access", project_roles={project_id: [role]})
    assert call(api, path, github).status_code == (200 if role in allowed else 403)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_outside_ones_scope_a_connection_looks_like_one_that_is_not_there(
    admin: Api, github: Sandbox, operation: str
) -> None:
    of_project = create(admin, github, name="of-project", projectId=project(admin))["id"]
    one = create(admin, github)["id"]
    call = OPERATIONS[operation][1]
    github.clear_requests()
    for outsider, connection_id in ((identity_with(role="admin"), of_project), (stranger(), one)):
        for known_as in (connection_id, NOBODY):
            answer = call(outsider, f"{GITHUB}/{known_as}", github)
            assert answer.status_code == 404
            assert answer.json() | {"reqId": ""} == {
                "reqId": "",
                "statusCode": 404,
                "error": "NotFound",
                "message": f"Could not find App Connection with ID {known_as}",
            }
    assert github.requests == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_without_a_token_nobody_is_let_in(admin: Api, github: Sandbox, operation: str) -> None:
    path = f"{GITHUB}/{create(admin, github)['id']}"
    answer = OPERATIONS[operation][1](anonymous(), path, github)
    assert answer.status_code == 401
    assert answer.json()["message"] == "Token missing"


def test_a_refusal_names_the_action_in_the_contracts_words(admin: Api, github: Sandbox) -> None:
    path = f"{GITHUB}/{create(admin, github)['id']}"
    weak = identity_with(role="no-access")
    for answer, action in (
        (weak.post(GITHUB, body(github)), "create"),
        (weak.get(f"{path}/repositories"), "connect"),
    ):
        assert answer.json()["error"] == "PermissionDenied"
        assert answer.json()["message"] == f"You are not allowed to {action} on app-connections"


def test_a_member_sees_what_they_may_use_in_the_reduced_view_only(admin: Api, github: Sandbox) -> None:
    create(admin, github)
    member = identity_with(role="member")
    assert len(member.get(f"{GITHUB}/available").json()["appConnections"]) == 1
    assert member.get(GITHUB).status_code == 403
    assert identity_with(role="no-access").get(f"{GITHUB}/available").status_code == 403
