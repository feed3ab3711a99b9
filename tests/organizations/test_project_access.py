"""Who may do what with a project: for each role and each call, and nothing for those outside."""

from typing import Any

import pytest

from audit.models import AuditEvent
from organizations.models import Project
from tests.clients import Api, identity_with, stranger
from tests.organizations.requests import UNKNOWN_ID, by_id, by_slug, change, create, retention

pytestmark = pytest.mark.django_db
CALLS: dict[str, tuple[str, str, Any]] = {
    "read by id": ("GET", by_id("{id}"), None),
    "read by slug": ("GET", by_slug("{slug}"), None),
    "update": ("PATCH", change("{id}"), {"name": "Changed"}),
    "retention": ("PUT", retention("{slug}"), {"auditLogsRetentionDays": 1}),
    "delete": ("DELETE", by_slug("{slug}"), None),
}
WEAK = {"read by id": 200, "read by slug": 200, "update": 403, "retention": 403, "delete": 403}
NOTHING = {"read by id": 403, "read by slug": 403, "update": 403, "retention": 403, "delete": 403}
MATRIX: dict[str, dict[str, int]] = {
    "admin": {"read by id": 200, "read by slug": 200, "update": 200, "retention": 200, "delete": 200},
    "member": WEAK,
    "viewer": WEAK,
    "no-access": NOTHING,
}


def call(api: Api, name: str, *, project_id: str, slug: str) -> Any:
    method, path, body = CALLS[name]
    return api.request(method, path.format(id=project_id, slug=slug), body)


@pytest.fixture
def project(admin: Api) -> dict[str, Any]:
    return create(admin)


@pytest.mark.parametrize("organization_role", ["admin", "member", "no-access"])
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("role", MATRIX)
def test_a_project_role_decides_whatever_the_role_in_the_organization(
    project: dict[str, Any], role: str, name: str, organization_role: str
) -> None:
    api = identity_with(role=organization_role, project_roles={project["id"]: [role]})
    answer = call(api, name, project_id=project["id"], slug=project["slug"])
    assert answer.status_code == MATRIX[role][name], answer.content
    if answer.status_code == 403:
        assert answer.json()["error"] in {"PermissionDenied", "ForbiddenError"}
        assert Project.objects.get().name == project["name"]


def outsiders() -> dict[str, Api]:
    return {
        "an admin of the organization who is no member": identity_with(role="admin"),
        "a member of the organization": identity_with(role="member"),
        "somebody without access": identity_with(role="no-access"),
        "an admin of another organization": stranger(),
    }


@pytest.mark.parametrize("name", CALLS)
def test_to_outsiders_a_project_is_what_does_not_exist(project: dict[str, Any], name: str) -> None:
    for who, api in outsiders().items():
        there = call(api, name, project_id=project["id"], slug=project["slug"])
        nowhere = call(api, name, project_id=UNKNOWN_ID, slug="not-there")
        assert (there.status_code, nowhere.status_code) == (404, 404), who
        shown, unknown = there.json(), nowhere.json()
        assert shown.pop("reqId") != unknown.pop("reqId")
        text = str(shown).replace(project["id"], UNKNOWN_ID).replace(project["slug"], "not-there")
        assert text == str(unknown), who
        assert dict(there.headers).keys() == dict(nowhere.headers).keys()
    assert not AuditEvent.objects.exclude(type="create-project").exists()
    assert Project.objects.get().name == project["name"]


def test_an_id_in_other_letters_and_spellings_leads_no_further(project: dict[str, Any]) -> None:
    outsider = stranger()
    for spelling in (project["id"].upper(), project["id"].replace("-", ""), "{" + project["id"] + "}"):
        assert outsider.get(by_id(spelling)).status_code == 404


def test_a_member_is_told_which_permission_is_missing(project: dict[str, Any]) -> None:
    viewer = identity_with(project_roles={project["id"]: ["viewer"]})
    refused = viewer.delete(by_slug("platform")).json()
    assert refused["message"] == "You are not allowed to delete on workspace"
    assert refused["details"] == [{"action": "delete", "inverted": False, "subject": "workspace", "conditions": {}}]


@pytest.mark.parametrize("role", ["viewer", "member", "admin"])
def test_the_list_holds_what_one_is_a_member_of(project: dict[str, Any], role: str) -> None:
    api = identity_with(role="no-access", project_roles={project["id"]: [role]})
    assert [each["id"] for each in api.get("/api/v1/projects").json()["projects"]] == [project["id"]]


def test_the_list_leaves_out_what_one_may_not_see(project: dict[str, Any]) -> None:
    barred = identity_with(project_roles={project["id"]: ["no-access"]})
    for api in [barred, *outsiders().values()]:
        assert api.get("/api/v1/projects").json() == {"projects": []}


def test_roles_add_up(project: dict[str, Any]) -> None:
    api = identity_with(project_roles={project["id"]: ["no-access", "viewer"]})
    assert api.get(by_id(project["id"])).status_code == 200


def test_a_slug_of_another_organization_is_free_and_leads_to_ones_own(project: dict[str, Any]) -> None:
    elsewhere = stranger()
    mine = create(elsewhere, "platform")
    assert mine["id"] != project["id"]
    assert elsewhere.get(by_slug("platform")).json()["id"] == mine["id"]
    assert elsewhere.delete(by_slug("platform")).status_code == 200
    assert [str(left.id) for left in Project.objects.all()] == [project["id"]]


@pytest.mark.parametrize("name", CALLS)
def test_without_a_token_nobody_gets_anywhere(project: dict[str, Any], name: str) -> None:
    answer = call(Api(), name, project_id=project["id"], slug=project["slug"])
    assert answer.status_code == 401
    assert answer.json()["message"] == "Token missing"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
