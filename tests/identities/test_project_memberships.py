"""Machine identities as members of projects."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from tests.clients import Api, identity_with
from tests.identities.requests import (
    IDENTITIES,
    UNKNOWN,
    create_identity,
    create_project,
    members_path,
    ok,
    refused,
)

pytestmark = pytest.mark.django_db
# What the Terraform provider sends for a permanent role.
NOISE = {
    "isTemporary": False,
    "temporaryMode": "",
    "temporaryRange": "",
    "temporaryAccessStartTime": "2026-11-20T12:33:00.123456789Z",
}
PATHS = ("/api/v2/workspace/{}/identity-memberships/{}", "/api/v1/projects/{}/memberships/identities/{}")


@pytest.fixture
def project_id(admin: Api) -> str:
    return create_project(admin)


@pytest.fixture
def identity_id(admin: Api) -> str:
    return create_identity(admin)


@pytest.fixture(params=PATHS)
def path(request: pytest.FixtureRequest, project_id: str, identity_id: str) -> str:
    return str(request.param.format(project_id, identity_id))


def slugs(answer: Any) -> list[str]:
    return sorted(role["role"] for role in answer["identityMembership"]["roles"])


def test_an_identity_joins_is_read_changed_and_leaves(
    admin: Api, path: str, project_id: str, identity_id: str
) -> None:
    body = {"projectId": project_id, "identityId": identity_id, "roles": [{"role": "viewer", **NOISE}]}
    made = ok(admin.post(path, body))["identityMembership"]
    assert (made["identityId"], made["projectId"]) == (identity_id, project_id)
    read = ok(admin.get(path))["identityMembership"]
    assert (read["id"], read["identityId"]) == (made["id"], identity_id)
    assert read["identity"] == {
        "id": identity_id,
        "name": "deployer",
        "authMethods": [],
        "hasDeleteProtection": False,
    }
    assert read["project"] == {"id": project_id, "name": "Platform", "type": "secret-manager"}
    roles = [{"role": "admin", **NOISE}, {"role": "member", **NOISE}]
    assert sorted(role["role"] for role in ok(admin.patch(path, {"roles": roles}))["roles"]) == ["admin", "member"]
    assert slugs(ok(admin.get(path))) == ["admin", "member"]
    assert ok(admin.delete(path, {"projectId": project_id}))["identityMembership"]["id"] == made["id"]
    assert admin.get(path).status_code == 404


def test_a_permanent_roles_noise_is_ignored(admin: Api, path: str) -> None:
    ok(admin.post(path, {"roles": [{"role": "member", **NOISE}]}))
    role = ok(admin.get(path))["identityMembership"]["roles"][0]
    assert role["isTemporary"] is False
    for field in ("temporaryMode", "temporaryRange", "temporaryAccessStartTime", "temporaryAccessEndTime"):
        assert role[field] is None
    assert role["customRoleSlug"] is role["customRoleId"] is None


def test_noise_may_be_anything(admin: Api, path: str) -> None:
    noise = {"temporaryMode": 1, "temporaryRange": [], "temporaryAccessStartTime": {"a": 1}}
    assert ok(admin.post(path, {"roles": [{"role": "member", **noise}]}))


@pytest.mark.parametrize(
    ("body", "expected"), [({}, ["no-access"]), ({"role": "viewer"}, ["viewer"]), ({"roles": []}, ["no-access"])]
)
def test_the_older_way_names_one_role(admin: Api, path: str, body: Any, expected: list[str]) -> None:
    ok(admin.post(path, body))
    assert slugs(ok(admin.get(path))) == expected


def test_the_roles_count_at_once(admin: Api, project_id: str) -> None:
    deployer = identity_with(role="member")
    assert deployer.get(f"/api/v1/workspace/{project_id}").status_code == 404
    ok(admin.post(members_path(project_id, deployer.identity_id), {"roles": [{"role": "viewer"}]}))
    assert ok(deployer.get(f"/api/v1/workspace/{project_id}"))
    ok(admin.delete(members_path(project_id, deployer.identity_id)))
    assert deployer.get(f"/api/v1/workspace/{project_id}").status_code == 404


def test_a_second_membership_is_refused(admin: Api, path: str, project_id: str, identity_id: str) -> None:
    ok(admin.post(path, {"roles": [{"role": "viewer"}]}))
    message = f"Identity with ID {identity_id} already exists in project with ID {project_id}"
    assert refused(admin.post(path, {"roles": [{"role": "admin"}]})) == (400, "BadRequest", message)
    assert slugs(ok(admin.get(path))) == ["viewer"]


def test_a_non_member_is_a_404_to_read_and_a_400_to_change(
    admin: Api, path: str, project_id: str, identity_id: str
) -> None:
    missing = f"Identity with ID {identity_id} is not a member of project with ID {project_id}"
    assert refused(admin.get(path)) == (404, "NotFound", missing)
    no_member = (400, "BadRequest", "Identity doesn't have membership")
    assert refused(admin.patch(path, {"roles": [{"role": "viewer"}]})) == no_member
    assert refused(admin.delete(path)) == no_member


def test_the_own_membership_cannot_be_deleted_but_changed(admin: Api, project_id: str) -> None:
    path = members_path(project_id, admin.identity_id)
    message = "You can't delete your own membership"
    assert refused(admin.delete(path)) == (400, "BadRequest", message)
    assert ok(admin.patch(path, {"roles": [{"role": "admin"}, {"role": "member"}]}))


def test_an_unknown_role_is_refused(admin: Api, path: str) -> None:
    expected = (404, "NotFound", "One or more custom roles not found")
    assert refused(admin.post(path, {"roles": [{"role": "auditor"}]})) == expected
    assert admin.get(path).status_code == 404


def test_a_change_needs_a_role(admin: Api, path: str) -> None:
    ok(admin.post(path, {}))
    answer = admin.patch(path, {"roles": []})
    assert answer.status_code == 422
    assert answer.json()["message"][0]["message"] == "Array must contain at least 1 element(s)"


@pytest.mark.parametrize("unknown", [UNKNOWN, "1"])
def test_an_unknown_identity_does_not_join(admin: Api, project_id: str, unknown: str) -> None:
    expected = (404, "NotFound", f"Failed to find identity with id {unknown}")
    assert refused(admin.post(members_path(project_id, unknown), {})) == expected


@pytest.mark.parametrize("unknown", [UNKNOWN, "1"])
def test_an_unknown_project_is_a_404(admin: Api, identity_id: str, unknown: str) -> None:
    path = members_path(unknown, identity_id)
    for method in ("GET", "POST", "PATCH", "DELETE"):
        body = {"roles": [{"role": "viewer"}]} if method in {"POST", "PATCH"} else None
        assert refused(admin.request(method, path, body))[:2] == (404, "NotFound")


def test_a_membership_is_found_by_its_id(admin: Api, path: str) -> None:
    membership_id = ok(admin.post(path, {}))["identityMembership"]["id"]
    found = ok(admin.get(f"/api/v2/workspace/identity-memberships/{membership_id}"))
    assert found == ok(admin.get(path))


@pytest.mark.parametrize("unknown", [UNKNOWN, "1"])
def test_an_unknown_membership_is_a_404(admin: Api, unknown: str) -> None:
    answer = admin.get(f"/api/v2/workspace/identity-memberships/{unknown}")
    assert refused(answer)[:2] == (404, "NotFound")


class TestList:
    @pytest.fixture
    def path(self, admin: Api, project_id: str) -> str:
        for name in ("beta", "alpha", "gamma"):
            identity = create_identity(admin, name=name)
            ok(admin.post(members_path(project_id, identity), {"roles": [{"role": "viewer"}]}))
        create_identity(admin, name="not a member")
        return f"/api/v2/workspace/{project_id}/identity-memberships"

    @pytest.mark.parametrize(
        ("query", "names", "count"),
        [
            ({}, ["admin", "alpha", "beta", "gamma"], 4),
            ({"orderDirection": "desc"}, ["gamma", "beta", "alpha", "admin"], 4),
            ({"offset": 1, "limit": 2, "orderBy": "name"}, ["alpha", "beta"], 4),
            ({"search": "AM"}, ["gamma"], 1),
            ({"search": ""}, ["admin", "alpha", "beta", "gamma"], 4),
        ],
    )
    def test_it_is_searched_ordered_and_cut(
        self, admin: Api, path: str, query: dict[str, Any], names: list[str], count: int
    ) -> None:
        answer = ok(admin.get(path, query))
        assert [member["identity"]["name"] for member in answer["identityMemberships"]] == names
        assert answer["totalCount"] == count

    def test_a_longer_list_costs_no_more_queries(self, admin: Api, path: str, project_id: str) -> None:
        ok(admin.get(path))
        with CaptureQueriesContext(connection) as few:
            ok(admin.get(path))
        for _ in range(5):
            ok(admin.post(members_path(project_id, create_identity(admin)), {}))
        with CaptureQueriesContext(connection) as many:
            ok(admin.get(path))
        assert len(few) == len(many)


def test_an_identitys_places_are_listed_as_far_as_the_caller_may_see_them(admin: Api, identity_id: str) -> None:
    for slug in ("first", "second"):
        ok(admin.post(members_path(create_project(admin, slug), identity_id), {}))
    other = identity_with()
    hidden = create_project(other, "hidden")
    ok(other.post(members_path(hidden, identity_id), {}))
    places = ok(admin.get(f"{IDENTITIES}/{identity_id}/identity-memberships"))["identityMemberships"]
    assert [place["project"]["name"] for place in places] == ["First", "Second"]


def test_changes_are_recorded_in_the_project(admin: Api, path: str, project_id: str, identity_id: str) -> None:
    ok(admin.post(path, {"roles": [{"role": "viewer"}]}))
    ok(admin.patch(path, {"roles": [{"role": "member"}]}))
    ok(admin.delete(path))
    events = list(AuditEvent.objects.filter(type__endswith="project-identity").order_by("created_at"))
    types = [event.type for event in events]
    assert types == ["add-project-identity", "update-project-identity", "remove-project-identity"]
    assert {str(event.project_id) for event in events} == {project_id}
    assert {event.metadata["identityId"] for event in events} == {identity_id}
