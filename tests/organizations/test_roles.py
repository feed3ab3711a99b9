"""What a role allows, when it counts, and for whom: people and machine identities alike."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from audit.actors import Actor, ActorType, stranger, system
from organizations import roles
from organizations.models import Organization, Project, User
from organizations.roles import ORGANIZATION_ROLES, PROJECT_ROLES, WIRE_WORDS, Permission, Role
from organizations.services import add_member, create_organization, principal_of, set_roles
from wire.origin import Origin

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ORIGIN = Origin(ip="", user_agent="", request_id="")
P = Permission

# The table


def test_every_permission_has_its_words_on_the_wire() -> None:
    assert set(WIRE_WORDS) == set(Permission)
    assert all(all(words) for words in WIRE_WORDS.values())


def test_permissions_and_roles_are_listed_alphabetically() -> None:
    assert list(Permission) == sorted(Permission)
    assert list(Role) == sorted(Role)


def test_an_organizations_roles_are_nested() -> None:
    assert ORGANIZATION_ROLES[Role.NO_ACCESS] == frozenset()
    assert ORGANIZATION_ROLES[Role.MEMBER] < ORGANIZATION_ROLES[Role.ADMIN]
    assert Role.VIEWER not in ORGANIZATION_ROLES


def test_a_projects_roles_are_nested() -> None:
    assert PROJECT_ROLES[Role.NO_ACCESS] == frozenset()
    assert PROJECT_ROLES[Role.VIEWER] < PROJECT_ROLES[Role.MEMBER] < PROJECT_ROLES[Role.ADMIN]
    assert set(PROJECT_ROLES) == set(Role)


@pytest.mark.parametrize("table", [ORGANIZATION_ROLES, PROJECT_ROLES], ids=["organization", "project"])
def test_of_connections_a_member_may_use_them_and_nothing_else(
    table: dict[Role, frozenset[Permission]],
) -> None:
    assert table[Role.MEMBER] & roles.CONNECTION_PERMISSIONS == {P.CONNECTIONS_CONNECT}
    assert table[Role.ADMIN] >= roles.CONNECTION_PERMISSIONS
    assert not table[Role.NO_ACCESS] & roles.CONNECTION_PERMISSIONS


def test_a_viewer_has_nothing_to_do_with_connections() -> None:
    assert not PROJECT_ROLES[Role.VIEWER] & roles.CONNECTION_PERMISSIONS


def test_only_admins_change_who_belongs_where() -> None:
    changing = {P.MEMBERS_CREATE, P.MEMBERS_DELETE, P.MEMBERS_EDIT, P.PROJECTS_DELETE, P.PROJECTS_EDIT}
    for role, allowed in PROJECT_ROLES.items():
        assert (changing <= allowed) == (role is Role.ADMIN)
        assert bool(changing & allowed) == (role is Role.ADMIN)


def test_members_know_which_instances_there_are_and_admins_register_them() -> None:
    may = {role: allowed & {P.INSTANCES_READ, P.INSTANCES_EDIT} for role, allowed in ORGANIZATION_ROLES.items()}
    assert may[Role.ADMIN] == {P.INSTANCES_READ, P.INSTANCES_EDIT}
    assert may[Role.MEMBER] == {P.INSTANCES_READ}
    assert not any(allowed & {P.INSTANCES_READ, P.INSTANCES_EDIT} for allowed in PROJECT_ROLES.values())


# Who holds which role

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization(db: None) -> Organization:
    return create_organization(name="Example")


@pytest.fixture
def project(organization: Organization) -> Project:
    return Project.objects.create(organization=organization, name="Platform", slug="platform")


@pytest.fixture(params=[ActorType.USER, ActorType.IDENTITY])
def actor(request: pytest.FixtureRequest) -> Actor:
    """A person, then a machine identity."""
    if request.param is ActorType.USER:
        person = User.objects.create_user("ann@example.com", "secret")
        return Actor(ActorType.USER, person.id, person.email, ORIGIN)
    return Actor(ActorType.IDENTITY, uuid.uuid4(), "pipeline", ORIGIN)


def join(actor: Actor, organization: Organization, project: Project | None, *held: dict[str, object]) -> None:
    assert actor.id
    add_member(
        organization_id=organization.id,
        project=project,
        member_type=actor.type,
        member_id=actor.id,
        roles=held,
    )


def test_somebody_who_is_not_in_the_organization_is_nobody(actor: Actor, organization: Organization) -> None:
    assert principal_of(actor, organization.id, NOW) is None


def test_a_member_holds_the_roles_of_organization_and_projects(
    actor: Actor, organization: Organization, project: Project
) -> None:
    join(actor, organization, None, {"role": Role.MEMBER})
    join(actor, organization, project, {"role": Role.VIEWER}, {"role": Role.ADMIN})
    principal = principal_of(actor, organization.id, NOW)
    assert principal
    assert (principal.actor, principal.organization_id) == (actor, organization.id)
    assert principal.organization_role is Role.MEMBER
    assert principal.project_roles == {project.id: {Role.VIEWER, Role.ADMIN}}
    assert principal.permissions(None) == ORGANIZATION_ROLES[Role.MEMBER]
    assert principal.permissions(project.id) == PROJECT_ROLES[Role.ADMIN]


def test_being_in_a_project_alone_is_not_being_in_the_organization(
    actor: Actor, organization: Organization, project: Project
) -> None:
    join(actor, organization, project, {"role": Role.ADMIN})
    assert principal_of(actor, organization.id, NOW) is None


def test_a_role_in_one_organization_is_worth_nothing_in_another(actor: Actor, organization: Organization) -> None:
    elsewhere = create_organization(name="Elsewhere")
    foreign = Project.objects.create(organization=elsewhere, name="Foreign", slug="foreign")
    join(actor, elsewhere, None, {"role": Role.ADMIN})
    join(actor, elsewhere, foreign, {"role": Role.ADMIN})
    assert principal_of(actor, organization.id, NOW) is None
    join(actor, organization, None, {"role": Role.NO_ACCESS})
    principal = principal_of(actor, organization.id, NOW)
    assert principal
    assert principal.project_roles == {}
    assert not principal.permissions(foreign.id)


def test_a_person_and_an_identity_with_one_id_are_two(organization: Organization) -> None:
    shared = uuid.uuid4()
    identity = Actor(ActorType.IDENTITY, shared, "pipeline", ORIGIN)
    join(identity, organization, None, {"role": Role.ADMIN})
    assert principal_of(Actor(ActorType.USER, shared, "ann", ORIGIN), organization.id, NOW) is None


@pytest.mark.parametrize("nobody", [system(), stranger(ORIGIN)], ids=["system", "stranger"])
def test_the_system_and_strangers_hold_no_role(nobody: Actor, organization: Organization) -> None:
    assert principal_of(nobody, organization.id, NOW) is None


# Temporary roles

TEMPORARY = {"role": Role.ADMIN, "starts_at": NOW, "ends_at": NOW + timedelta(hours=1)}


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        (NOW - SECOND, False),
        (NOW, True),
        (NOW + timedelta(minutes=59, seconds=59), True),
        (NOW + timedelta(hours=1), False),
        (NOW + timedelta(days=900), False),
    ],
    ids=["before", "from its first moment", "until its last second", "not at its end", "long after"],
)
def test_a_temporary_role_counts_in_its_time(
    actor: Actor, organization: Organization, project: Project, moment: datetime, counts: bool
) -> None:
    join(actor, organization, None, {"role": Role.MEMBER})
    join(actor, organization, project, TEMPORARY)
    principal = principal_of(actor, organization.id, moment)
    assert principal
    assert principal.project_roles == {project.id: {Role.ADMIN} if counts else set()}
    assert (P.PROJECTS_DELETE in principal.permissions(project.id)) is counts


def test_beside_a_temporary_role_the_permanent_one_stays(
    actor: Actor, organization: Organization, project: Project
) -> None:
    join(actor, organization, None, {"role": Role.MEMBER})
    join(actor, organization, project, TEMPORARY, {"role": Role.VIEWER})
    before, during = (principal_of(actor, organization.id, moment) for moment in (NOW - SECOND, NOW))
    assert before
    assert during
    assert before.permissions(project.id) == PROJECT_ROLES[Role.VIEWER]
    assert during.permissions(project.id) == PROJECT_ROLES[Role.ADMIN]


def test_an_organizations_role_that_has_run_out_leaves_no_access(actor: Actor, organization: Organization) -> None:
    join(actor, organization, None, TEMPORARY)
    during, after = (principal_of(actor, organization.id, moment) for moment in (NOW, NOW + timedelta(days=1)))
    assert during
    assert after
    assert during.organization_role is Role.ADMIN
    assert after.organization_role is Role.NO_ACCESS
    assert not after.permissions(None)


def test_a_role_with_one_end_only_is_open_at_the_other(
    actor: Actor, organization: Organization, project: Project
) -> None:
    join(actor, organization, None, {"role": Role.MEMBER})
    join(
        actor, organization, project, {"role": Role.VIEWER, "starts_at": NOW}, {"role": Role.MEMBER, "ends_at": NOW}
    )
    for moment, held in ((NOW - SECOND, Role.MEMBER), (NOW, Role.VIEWER)):
        principal = principal_of(actor, organization.id, moment)
        assert principal
        assert principal.project_roles == {project.id: {held}}


def test_setting_roles_replaces_them_all(actor: Actor, organization: Organization, project: Project) -> None:
    join(actor, organization, None, {"role": Role.MEMBER})
    join(actor, organization, project, {"role": Role.ADMIN}, TEMPORARY)
    membership = project.memberships.get()
    set_roles(membership, [{"role": Role.VIEWER}])
    principal = principal_of(actor, organization.id, NOW)
    assert principal
    assert principal.project_roles == {project.id: {Role.VIEWER}}
    set_roles(membership, [])
    principal = principal_of(actor, organization.id, NOW)
    assert principal
    assert principal.project_roles == {project.id: set()}


def test_working_out_roles_costs_two_queries_however_many_projects(
    actor: Actor, organization: Organization, django_assert_num_queries: object
) -> None:
    join(actor, organization, None, {"role": Role.MEMBER})
    for number in range(5):
        made = Project.objects.create(organization=organization, name="x", slug=f"x-{number}")
        join(actor, organization, made, {"role": Role.VIEWER}, {"role": Role.MEMBER})
    with django_assert_num_queries(2):  # type: ignore[operator]
        principal = principal_of(actor, organization.id, NOW)
    assert principal
    assert len(principal.project_roles) == 5
