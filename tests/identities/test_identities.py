"""Machine identities: created, read, changed, deleted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from identities.models import Identity
from organizations.models import Membership, Organization
from tests.clients import Api, identity_with, stranger
from tests.identities.requests import (
    IDENTITIES,
    UNKNOWN,
    create_identity,
    create_project,
    machine,
    members_path,
    ok,
    organization_id,
    refused,
)

pytestmark = pytest.mark.django_db


def test_details_name_the_callers_organization(admin: Api) -> None:
    home = Organization.objects.get()
    expected = {"id": str(home.id), "name": home.name, "slug": home.slug}
    assert ok(admin.get(f"{IDENTITIES}/details")) == {"identityDetails": {"organization": expected}}


def test_a_new_identity_cannot_log_in_yet(admin: Api) -> None:
    home = organization_id(admin)
    body = {"name": " deployer ", "organizationId": home, "role": "member", "hasDeleteProtection": False}
    made = ok(admin.post(IDENTITIES, body))["identity"]
    assert (made["name"], made["orgId"], made["authMethods"]) == ("deployer", home, [])
    assert (made["hasDeleteProtection"], made["metadata"]) == (False, [])


def test_reading_nests_the_identity_in_its_membership(admin: Api) -> None:
    metadata = [{"key": "team", "value": " platform "}, {"key": "env", "value": "prod"}]
    identity_id = create_identity(admin, metadata=metadata, hasDeleteProtection=True)
    member = ok(admin.get(f"{IDENTITIES}/{identity_id}"))["identity"]
    assert (member["role"], member["customRole"], member["orgId"]) == ("member", None, organization_id(admin))
    assert [(item["key"], item["value"]) for item in member["metadata"]] == [
        ("team", " platform "),
        ("env", "prod"),
    ]
    inner = member["identity"]
    assert (inner["id"], inner["name"], inner["hasDeleteProtection"]) == (identity_id, "deployer", True)
    assert inner["authMethods"] == inner["activeLockoutAuthMethods"] == []


def test_without_a_role_it_has_no_access(admin: Api) -> None:
    body = {"name": "x", "organizationId": organization_id(admin)}
    identity_id = ok(admin.post(IDENTITIES, body))["identity"]["id"]
    assert ok(admin.get(f"{IDENTITIES}/{identity_id}"))["identity"]["role"] == "no-access"


def test_names_need_not_be_unique(admin: Api) -> None:
    assert create_identity(admin) != create_identity(admin)


def test_a_change_keeps_what_it_does_not_name(admin: Api) -> None:
    identity_id = create_identity(admin, metadata=[{"key": "a", "value": "b"}])
    changed = ok(admin.patch(f"{IDENTITIES}/{identity_id}", {"identityId": "stray", "name": "new"}))["identity"]
    assert (changed["name"], changed["metadata"][0]["key"], changed["authMethods"]) == ("new", "a", [])
    assert ok(admin.get(f"{IDENTITIES}/{identity_id}"))["identity"]["role"] == "member"


def test_a_change_of_everything(admin: Api) -> None:
    identity_id = create_identity(admin, metadata=[{"key": "a", "value": "b"}])
    body = {"name": "new", "role": "admin", "hasDeleteProtection": True, "metadata": []}
    ok(admin.patch(f"{IDENTITIES}/{identity_id}", body))
    member = ok(admin.get(f"{IDENTITIES}/{identity_id}"))["identity"]
    assert (member["role"], member["metadata"]) == ("admin", [])
    assert (member["identity"]["name"], member["identity"]["hasDeleteProtection"]) == ("new", True)


def test_auth_methods_are_listed_by_their_names(admin: Api) -> None:
    deployer = machine(admin)
    ok(admin.post(f"/api/v1/auth/token-auth/identities/{deployer.identity_id}", {}))
    member = ok(admin.get(f"{IDENTITIES}/{deployer.identity_id}"))["identity"]
    assert member["identity"]["authMethods"] == ["token-auth", "universal-auth"]


def test_deleting_takes_memberships_along_and_tolerates_a_body(admin: Api) -> None:
    identity_id = create_identity(admin)
    project_id = create_project(admin)
    ok(admin.post(members_path(project_id, identity_id), {"roles": [{"role": "viewer"}]}))
    gone = ok(admin.delete(f"{IDENTITIES}/{identity_id}", {"identityId": identity_id}))["identity"]
    assert gone["id"] == identity_id
    assert admin.get(f"{IDENTITIES}/{identity_id}").status_code == 404
    assert not Membership.objects.filter(member_id=identity_id).exists()


def test_delete_protection_protects(admin: Api) -> None:
    identity_id = create_identity(admin, hasDeleteProtection=True)
    expected = (400, "BadRequest", "Identity has delete protection")
    assert refused(admin.delete(f"{IDENTITIES}/{identity_id}")) == expected
    ok(admin.patch(f"{IDENTITIES}/{identity_id}", {"hasDeleteProtection": False}))
    assert ok(admin.delete(f"{IDENTITIES}/{identity_id}"))


def test_the_last_admin_stays(admin: Api) -> None:
    path = f"{IDENTITIES}/{admin.identity_id}"
    message = "The organization needs at least one admin. Give the role to somebody else first."
    assert refused(admin.delete(path)) == (400, "BadRequest", message)
    assert refused(admin.patch(path, {"role": "member"})) == (400, "BadRequest", message)
    identity_with(role="admin")
    assert ok(admin.patch(path, {"role": "member"}))


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("identity_id", [UNKNOWN, "1", "details2", "%00", "é"])
def test_what_is_no_identity_is_a_404(admin: Api, method: str, identity_id: str) -> None:
    answer = admin.request(method, f"{IDENTITIES}/{identity_id}", {} if method == "PATCH" else None)
    assert refused(answer)[:2] == (404, "NotFound")


def test_the_404_names_the_id(admin: Api) -> None:
    expected = (404, "NotFound", f"Failed to find identity with id {UNKNOWN}")
    assert refused(admin.get(f"{IDENTITIES}/{UNKNOWN}")) == expected


@pytest.mark.parametrize(
    ("field", "value", "path", "message"),
    [
        ("name", " ", ["name"], "String must contain at least 1 character(s)"),
        ("name", None, ["name"], "Expected string, received null"),
        ("organizationId", "here", ["organizationId"], "Invalid uuid"),
        ("hasDeleteProtection", "yes", ["hasDeleteProtection"], "Expected boolean, received string"),
        ("metadata", {}, ["metadata"], "Expected array, received object"),
        ("metadata", [{"key": "a"}], ["metadata", 0, "value"], "Required"),
        (
            "metadata",
            [{"key": "", "value": "b"}],
            ["metadata", 0, "key"],
            "String must contain at least 1 character(s)",
        ),
    ],
)
def test_a_wrong_shape_is_named(admin: Api, field: str, value: object, path: list[object], message: str) -> None:
    body = {"name": "x", "organizationId": organization_id(admin), field: value}
    answer = admin.post(IDENTITIES, body)
    assert answer.status_code == 422
    assert [(issue["path"], issue["message"]) for issue in answer.json()["message"]] == [(path, message)]


def test_a_role_that_does_not_exist_is_named(admin: Api) -> None:
    body = {"name": "x", "organizationId": organization_id(admin), "role": "auditor"}
    message = "There is no organization role auditor. The roles are: admin, member, no-access"
    assert refused(admin.post(IDENTITIES, body)) == (400, "BadRequest", message)
    assert Identity.objects.count() == 1


def test_an_organization_that_is_not_the_callers_is_refused(admin: Api) -> None:
    elsewhere = organization_id(stranger())
    answer = admin.post(IDENTITIES, {"name": "x", "organizationId": elsewhere})
    assert refused(answer) == (403, "ForbiddenError", "You are not a member of this organization")
    assert admin.get(IDENTITIES, {"orgId": elsewhere}).status_code == 403


class TestLists:
    """The list, and the search."""

    @pytest.fixture
    def caller(self, admin: Api) -> Api:
        for name, role in (("beta", "member"), ("alpha", "admin"), ("gamma", "no-access")):
            create_identity(admin, name=name, role=role)
        stranger()
        return admin

    def names(self, answer: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
        return [member["identity"]["name"] for member in answer["identities"]]

    def test_the_list_holds_the_organizations_own(self, caller: Api) -> None:
        answer = ok(caller.get(IDENTITIES, {"orgId": organization_id(caller)}))
        assert self.names(answer) == ["admin", "alpha", "beta", "gamma"]
        assert answer["totalCount"] == 4

    @pytest.mark.parametrize(
        ("conditions", "found"),
        [
            ({}, ["admin", "alpha", "beta", "gamma"]),
            ({"name": "beta"}, ["beta"]),
            ({"name": {"$contains": "AM"}}, ["gamma"]),
            ({"role": {"$in": ["admin"]}}, ["admin", "alpha"]),
            ({"role": "admin", "name": {"$contains": "alp"}}, ["alpha"]),
            ({"name": {"$eq": "nobody"}}, []),
        ],
    )
    def test_search_finds(self, caller: Api, conditions: dict[str, object], found: list[str]) -> None:
        assert self.names(ok(caller.post(f"{IDENTITIES}/search", {"search": conditions}))) == found

    def test_search_pages(self, caller: Api) -> None:
        body = {"orderDirection": "desc", "offset": 1, "limit": 2}
        answer = ok(caller.post(f"{IDENTITIES}/search", body))
        assert (self.names(answer), answer["totalCount"]) == (["beta", "alpha"], 4)

    @pytest.mark.parametrize("wrong", [7, {"$like": "a"}, {"$in": "a"}, {"$in": [1]}, {"$eq": None}])
    def test_search_refuses_what_it_does_not_know(self, caller: Api, wrong: object) -> None:
        answer = caller.post(f"{IDENTITIES}/search", {"search": {"name": wrong}})
        assert answer.status_code == 422
        assert answer.json()["message"][0]["path"][:2] == ["search", "name"]

    def test_a_longer_list_costs_no_more_queries(self, caller: Api) -> None:
        ok(caller.get(IDENTITIES))
        with CaptureQueriesContext(connection) as few:
            ok(caller.get(IDENTITIES))
        for _ in range(5):
            create_identity(caller)
        with CaptureQueriesContext(connection) as many:
            ok(caller.get(IDENTITIES))
        assert len(few) == len(many)


def test_changes_are_recorded(admin: Api) -> None:
    identity_id = create_identity(admin)
    ok(admin.patch(f"{IDENTITIES}/{identity_id}", {"name": "new", "metadata": [{"key": "k", "value": "v"}]}))
    ok(admin.delete(f"{IDENTITIES}/{identity_id}"))
    events = AuditEvent.objects.order_by("created_at")
    assert [event.type for event in events] == ["create-identity", "update-identity", "delete-identity"]
    assert {str(event.actor_id) for event in events} == {admin.identity_id}
    assert events[1].metadata == {"identityId": identity_id, "changed": ["metadata", "name"]}
