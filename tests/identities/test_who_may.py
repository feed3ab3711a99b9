"""Weak members get 403, strangers the 404 of what does not exist, and nobody gives what they lack."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest

from audit.models import AuditEvent
from identities.models import AccessToken, ClientSecret, Identity, TokenAuth, UniversalAuth
from organizations.models import MembershipRole
from organizations.roles import ORGANIZATION_ROLES, PROJECT_ROLES, Permission, Role
from tests.clients import Api, anonymous, identity_with, stranger
from tests.identities.requests import (
    IDENTITIES,
    TOKEN_AUTH,
    TOKENS,
    UNIVERSAL_AUTH,
    UNKNOWN,
    create_identity,
    create_project,
    machine,
    members_path,
    ok,
    organization_id,
    refused,
    same_refusal,
)

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
ROLES = [{"role": "viewer"}]


class Operation(NamedTuple):
    """A request for something that exists, and whether a weak member may make it."""

    method: str
    path: str
    body: Any
    allowed: bool

    def by(self, api: Api, things: Mapping[str, str]) -> "Response":
        return api.request(self.method, self.path.format(**things), self.body)


IN_ORGANIZATION = [
    Operation("GET", f"{IDENTITIES}/{{identity}}", None, True),
    Operation("PATCH", f"{IDENTITIES}/{{identity}}", {"name": "x"}, False),
    Operation("DELETE", f"{IDENTITIES}/{{identity}}", None, False),
    Operation("GET", f"{IDENTITIES}/{{identity}}/identity-memberships", None, True),
    Operation("POST", f"{UNIVERSAL_AUTH}/{{identity}}", {}, False),
    Operation("GET", f"{UNIVERSAL_AUTH}/{{identity}}", None, True),
    Operation("PATCH", f"{UNIVERSAL_AUTH}/{{identity}}", {}, False),
    Operation("DELETE", f"{UNIVERSAL_AUTH}/{{identity}}", None, False),
    Operation("POST", f"{UNIVERSAL_AUTH}/{{identity}}/clear-lockouts", None, False),
    Operation("GET", f"{UNIVERSAL_AUTH}/{{identity}}/client-secrets", None, True),
    Operation("POST", f"{UNIVERSAL_AUTH}/{{identity}}/client-secrets", {}, False),
    Operation("GET", f"{UNIVERSAL_AUTH}/{{identity}}/client-secrets/{{secret}}", None, True),
    Operation("POST", f"{UNIVERSAL_AUTH}/{{identity}}/client-secrets/{{secret}}/revoke", None, False),
    Operation("POST", f"{TOKEN_AUTH}/{{identity}}", {}, False),
    Operation("GET", f"{TOKEN_AUTH}/{{identity}}", None, True),
    Operation("PATCH", f"{TOKEN_AUTH}/{{identity}}", {}, False),
    Operation("DELETE", f"{TOKEN_AUTH}/{{identity}}", None, False),
    Operation("GET", f"{TOKEN_AUTH}/{{identity}}/tokens", None, True),
    Operation("POST", f"{TOKEN_AUTH}/{{identity}}/tokens", {"name": "x"}, False),
    Operation("GET", f"{TOKENS}/{{token}}", None, True),
    Operation("PATCH", f"{TOKENS}/{{token}}", {"name": "x"}, False),
    Operation("POST", f"{TOKENS}/{{token}}/revoke", None, False),
]
IN_PROJECTS = [
    Operation("GET", "/api/v2/workspace/{project}/identity-memberships", None, True),
    Operation("GET", "/api/v2/workspace/identity-memberships/{membership}", None, True),
    Operation("GET", "/api/v2/workspace/{project}/identity-memberships/{identity}", None, True),
    Operation("POST", "/api/v2/workspace/{project}/identity-memberships/{identity}", {"roles": ROLES}, False),
    Operation("PATCH", "/api/v2/workspace/{project}/identity-memberships/{identity}", {"roles": ROLES}, False),
    Operation("DELETE", "/api/v2/workspace/{project}/identity-memberships/{identity}", None, False),
    Operation("GET", "/api/v1/projects/{project}/memberships/identities/{identity}", None, True),
    Operation("POST", "/api/v1/projects/{project}/memberships/identities/{identity}", {"roles": ROLES}, False),
    Operation("PATCH", "/api/v1/projects/{project}/memberships/identities/{identity}", {"roles": ROLES}, False),
    Operation("DELETE", "/api/v1/projects/{project}/memberships/identities/{identity}", None, False),
]
ALL = [*IN_ORGANIZATION, *IN_PROJECTS]
TO_OTHERS = [
    operation for operation in IN_ORGANIZATION if not operation.allowed and "lockouts" not in operation.path
]


def each(operations: Sequence[Operation]) -> pytest.MarkDecorator:
    names = [f"{operation.method} {operation.path}" for operation in operations]
    return pytest.mark.parametrize("operation", operations, ids=names)


@pytest.fixture
def things(admin: Api) -> dict[str, str]:
    """One of everything, in the first organization, by name."""
    deployer = machine(admin, role="member")
    ok(admin.post(f"{TOKEN_AUTH}/{deployer.identity_id}", {}))
    token = ok(admin.post(f"{TOKEN_AUTH}/{deployer.identity_id}/tokens", {"name": "x"}))["tokenData"]
    project_id = create_project(admin)
    membership = ok(admin.post(members_path(project_id, deployer.identity_id), {"roles": ROLES}))
    return {
        "identity": deployer.identity_id,
        "secret": deployer.client_secret_id,
        "token": token["id"],
        "project": project_id,
        "membership": membership["identityMembership"]["id"],
    }


def everything() -> list[list[Any]]:
    """Return every row that one of the operations could change."""
    models: list[Any] = [Identity, UniversalAuth, TokenAuth, ClientSecret, AccessToken, MembershipRole, AuditEvent]
    return [list(model.objects.order_by("pk").values()) for model in models]


@each(ALL)
def test_a_stranger_cannot_tell_it_from_what_does_not_exist(things: dict[str, str], operation: Operation) -> None:
    other = stranger()
    other.get(f"{IDENTITIES}/details")
    before = everything()
    foreign = operation.by(other, things)
    unknown = operation.by(other, dict.fromkeys(things, UNKNOWN))
    assert foreign.status_code == 404
    expected = str(same_refusal(foreign))
    for thing in things.values():
        expected = expected.replace(thing, UNKNOWN)
    assert expected == str(same_refusal(unknown))
    assert everything() == before


@each(IN_ORGANIZATION)
def test_a_member_may_look_and_nothing_more(things: dict[str, str], operation: Operation) -> None:
    answer = operation.by(identity_with(role="member"), things)
    assert answer.status_code == (200 if operation.allowed else 403), answer.content
    if not operation.allowed:
        assert refused(answer)[1] == "PermissionDenied"


@each(IN_ORGANIZATION)
def test_without_access_nothing_is_seen(things: dict[str, str], operation: Operation) -> None:
    answer = operation.by(identity_with(role="no-access"), things)
    assert refused(answer)[:2] == (403, "PermissionDenied")


@each(IN_PROJECTS)
@pytest.mark.parametrize("role", ["member", "viewer"])
def test_a_projects_member_may_look_and_nothing_more(
    things: dict[str, str], operation: Operation, role: str
) -> None:
    weak = identity_with(role="member", project_roles={things["project"]: [role]})
    answer = operation.by(weak, things)
    assert answer.status_code == (200 if operation.allowed else 403), answer.content


@each(IN_PROJECTS)
def test_an_organizations_admin_is_a_stranger_in_a_project_of_others(
    things: dict[str, str], operation: Operation
) -> None:
    assert operation.by(identity_with(role="admin"), things).status_code == 404


@each(ALL)
def test_without_a_token_nothing_is_answered(operation: Operation) -> None:
    unknown = dict.fromkeys(("identity", "secret", "token", "project", "membership"), UNKNOWN)
    assert refused(operation.by(anonymous(), unknown))[:2] == (401, "UnauthorizedError")


def test_only_an_admin_creates_identities(admin: Api) -> None:
    body = {"name": "x", "organizationId": organization_id(admin)}
    assert refused(identity_with(role="member").post(IDENTITIES, body))[1] == "PermissionDenied"


def test_a_project_admin_does_not_add_another_organizations_identity(admin: Api) -> None:
    foreign = stranger().identity_id
    path = members_path(create_project(admin), foreign)
    assert refused(admin.post(path, {})) == (404, "NotFound", f"Failed to find identity with id {foreign}")


class TestNobodyGivesMoreThanTheyHave:
    """With roles in which managing identities is not everything, as custom roles would have it."""

    @pytest.fixture(autouse=True)
    def roles(self, monkeypatch: pytest.MonkeyPatch) -> None:
        managing = {
            Permission.IDENTITIES_CREATE,
            Permission.IDENTITIES_DELETE,
            Permission.IDENTITIES_EDIT,
            Permission.IDENTITIES_READ,
        }
        self.allow(monkeypatch, ORGANIZATION_ROLES, Role.MEMBER, managing)
        managing_members = {Permission.MEMBERS_CREATE, Permission.MEMBERS_EDIT, Permission.MEMBERS_DELETE}
        self.allow(monkeypatch, PROJECT_ROLES, Role.MEMBER, managing_members)

    def allow(
        self,
        monkeypatch: pytest.MonkeyPatch,
        table: Mapping[Role, frozenset[Permission]],
        role: Role,
        more: set[Permission],
    ) -> None:
        roles = cast("dict[Role, frozenset[Permission]]", table)
        monkeypatch.setitem(roles, role, roles[role] | more)

    @pytest.fixture
    def manager(self, admin: Api) -> Api:
        return identity_with(role="member", name="manager")

    def refusal(self, answer: Any) -> tuple[int, str, str]:
        assert "connections:draw" in answer.json()["details"][0]["missingPermissions"]
        return refused(answer)

    def test_no_stronger_identity_is_created(self, manager: Api) -> None:
        body = {"name": "x", "organizationId": organization_id(manager), "role": "admin"}
        expected = (403, "PermissionBoundaryError", "Failed to create identity")
        assert self.refusal(manager.post(IDENTITIES, body)) == expected
        assert ok(manager.post(IDENTITIES, {**body, "role": "member"}))

    def test_no_identity_is_made_stronger_not_even_oneself(self, manager: Api) -> None:
        answer = manager.patch(f"{IDENTITIES}/{manager.identity_id}", {"role": "admin"})
        assert self.refusal(answer) == (403, "PermissionBoundaryError", "Failed to update identity")

    @each(TO_OTHERS)
    def test_nothing_is_done_to_a_stronger_identity(
        self, admin: Api, manager: Api, things: dict[str, str], operation: Operation
    ) -> None:
        ok(admin.patch(f"{IDENTITIES}/{things['identity']}", {"role": "admin"}))
        answer = operation.by(manager, things)
        assert self.refusal(answer)[:2] == (403, "PermissionBoundaryError")

    def test_the_contracts_words_for_a_client_secret(self, admin: Api, manager: Api) -> None:
        stronger = machine(admin, role="admin")
        answer = manager.post(f"{stronger.auth_path}/client-secrets", {})
        message = "Failed to create client secret for identity."
        assert self.refusal(answer) == (403, "PermissionBoundaryError", message)

    def test_no_login_is_attached_to_a_stronger_identity(self, admin: Api, manager: Api) -> None:
        stronger = create_identity(admin, role="admin")
        for path in (UNIVERSAL_AUTH, TOKEN_AUTH):
            answer = manager.post(f"{path}/{stronger}", {})
            assert self.refusal(answer)[:2] == (403, "PermissionBoundaryError")

    def test_no_stronger_role_is_given_in_a_project(self, admin: Api) -> None:
        project_id = create_project(admin)
        manager = identity_with(role="member", project_roles={project_id: ["member"]})
        path = members_path(project_id, create_identity(admin))
        assert self.refusal(manager.post(path, {"roles": [{"role": "admin"}]}))[1] == "PermissionBoundaryError"
        ok(manager.post(path, {"roles": [{"role": "member"}]}))
        roles = [{"role": "member"}, {"role": "admin"}]
        assert self.refusal(manager.patch(path, {"roles": roles}))[1] == "PermissionBoundaryError"
