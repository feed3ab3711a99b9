"""Outside of one's scope everything is missing, inside it one is told what is lacking."""

import uuid

import pytest

from audit.actors import Actor, ActorType
from organizations.access import (
    Principal,
    denied,
    permissions_of,
    require,
    require_at_least,
    require_organization,
)
from organizations.roles import PROJECT_ROLES, WIRE_WORDS, Permission, Role
from wire.errors import BeyondPrivileges, NotFound, PermissionDenied
from wire.origin import Origin

P = Permission
HOME, ELSEWHERE = uuid.UUID(int=1), uuid.UUID(int=2)
MINE, OTHERS = uuid.UUID(int=3), uuid.UUID(int=4)
ACTOR = Actor(ActorType.IDENTITY, uuid.UUID(int=5), "pipeline", Origin("", "", ""))
MISSING = NotFound("Could not find it")


def principal(role: Role, *project_roles: Role) -> Principal:
    """Return a principal of HOME; with project roles, a member of the project MINE."""
    return Principal(ACTOR, HOME, role, {MINE: frozenset(project_roles)} if project_roles else {})


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("project_id", [None, MINE, OTHERS])
def test_in_another_organization_everything_is_missing(
    permission: Permission, project_id: uuid.UUID | None
) -> None:
    with pytest.raises(NotFound) as caught:
        require(
            principal(Role.ADMIN, Role.ADMIN),
            permission,
            organization_id=ELSEWHERE,
            project_id=project_id,
            missing=MISSING,
        )
    assert caught.value is MISSING


@pytest.mark.parametrize("permission", Permission)
def test_in_a_project_of_others_everything_is_missing_even_for_the_organizations_admin(
    permission: Permission,
) -> None:
    with pytest.raises(NotFound) as caught:
        require(
            principal(Role.ADMIN, Role.ADMIN),
            permission,
            organization_id=HOME,
            project_id=OTHERS,
            missing=MISSING,
        )
    assert caught.value is MISSING


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_inside_a_project_the_role_there_decides(permission: Permission, role: Role) -> None:
    def ask() -> None:
        someone = principal(Role.NO_ACCESS, role)
        require(someone, permission, organization_id=HOME, project_id=MINE, missing=MISSING)

    if permission in PROJECT_ROLES[role]:
        ask()
    else:
        with pytest.raises(PermissionDenied):
            ask()


def test_a_projects_admin_is_not_the_organizations() -> None:
    someone = principal(Role.NO_ACCESS, Role.ADMIN)
    with pytest.raises(PermissionDenied):
        require(someone, P.CONNECTIONS_READ, organization_id=HOME, missing=MISSING)
    with pytest.raises(PermissionDenied):
        require_organization(someone, P.CONNECTIONS_READ)


def test_a_member_whose_roles_have_all_run_out_is_inside_but_too_weak() -> None:
    someone = Principal(ACTOR, HOME, Role.MEMBER, {MINE: frozenset()})
    with pytest.raises(PermissionDenied):
        require(someone, P.PROJECTS_READ, organization_id=HOME, project_id=MINE, missing=MISSING)


@pytest.mark.parametrize("in_project", [True, False])
@pytest.mark.parametrize("permission", Permission)
def test_a_refusal_names_action_and_subject_in_the_contracts_words(
    permission: Permission, in_project: bool
) -> None:
    error = denied(permission, in_project=in_project)
    in_organization, project_action, subject = WIRE_WORDS[permission]
    action = project_action if in_project else in_organization
    assert error.message == f"You are not allowed to {action} on {subject}"
    assert error.details == [{"action": action, "inverted": False, "subject": subject, "conditions": {}}]


def test_connections_have_other_words_in_a_project() -> None:
    assert denied(P.CONNECTIONS_CREATE, in_project=False).message == (
        "You are not allowed to create on app-connections"
    )
    assert denied(P.CONNECTIONS_CREATE, in_project=True).message == (
        "You are not allowed to create-app-connections on app-connections"
    )


def test_nobody_gives_away_more_than_they_have() -> None:
    member = principal(Role.MEMBER, Role.MEMBER)
    require_at_least(member, PROJECT_ROLES[Role.VIEWER], MINE, "no")
    require_at_least(member, PROJECT_ROLES[Role.MEMBER], MINE, "no")
    with pytest.raises(BeyondPrivileges) as caught:
        require_at_least(member, PROJECT_ROLES[Role.ADMIN], MINE, "Failed to do it")
    assert caught.value.message == "Failed to do it"
    (detail,) = caught.value.details or ()
    assert P.PROJECTS_DELETE in detail["missingPermissions"]
    assert P.PROJECTS_READ not in detail["missingPermissions"]


def test_a_role_that_is_none_here_allows_nothing() -> None:
    assert not Principal(ACTOR, HOME, Role.VIEWER).permissions(None)
    assert permissions_of([]) == permissions_of([Role.NO_ACCESS]) == frozenset()
