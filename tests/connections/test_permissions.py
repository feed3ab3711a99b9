"""Who may do what with a connection: 404 outside one's scope, 403 inside but too weak."""

import uuid
from collections.abc import Callable

import pytest

from audit.actors import Actor, ActorType
from connections.models import AppConnection
from organizations.models import Organization, Project, User
from organizations.roles import Role
from organizations.services import add_member, principal_of
from sandbox.gitlab import Sandbox
from tests.clients import Api, identity_with, stranger
from tests.connections.requests import BASE, GITLAB, body, create, project
from wire.origin import Origin

pytestmark = pytest.mark.django_db

NOBODY = "3c90c3cc-0d44-4b50-8888-8dd25736052a"

# What each role may do with the connections of the place that it is held in.
READS, CHANGES, USES = "reads", "changes", "uses"
ORGANIZATION = {"admin": {READS, CHANGES, USES}, "member": {USES}, "no-access": set()}
PROJECT = ORGANIZATION | {"viewer": set()}

Call = Callable[[Api, Sandbox, str, str], int]
OPERATIONS: dict[str, tuple[str, Call]] = {
    "get": (READS, lambda api, gitlab, one, place: api.get(f"{GITLAB}/{one}").status_code),
    "get by name": (
        READS,
        lambda api, gitlab, one, place: api.get(f"{GITLAB}/connection-name/platform{place}").status_code,
    ),
    "list": (READS, lambda api, gitlab, one, place: api.get(f"{GITLAB}{place}").status_code),
    "list all": (READS, lambda api, gitlab, one, place: api.get(f"{BASE}{place}").status_code),
    "rename": (
        CHANGES,
        lambda api, gitlab, one, place: api.patch(f"{GITLAB}/{one}", {"name": "platform"}).status_code,
    ),
    "replace credentials": (
        CHANGES,
        lambda api, gitlab, one, place: (
            api.patch(f"{GITLAB}/{one}", {"credentials": body(gitlab)["credentials"]}).status_code
        ),
    ),
    "list projects": (USES, lambda api, gitlab, one, place: api.get(f"{GITLAB}/{one}/projects").status_code),
    "list groups": (USES, lambda api, gitlab, one, place: api.get(f"{GITLAB}/{one}/groups").status_code),
    "delete": (CHANGES, lambda api, gitlab, one, place: api.delete(f"{GITLAB}/{one}").status_code),
}


@pytest.mark.parametrize("role", ORGANIZATION)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_role_in_the_organization_allows(admin: Api, gitlab: Sandbox, role: str, operation: str) -> None:
    one = create(admin, gitlab)["id"]
    kind, call = OPERATIONS[operation]
    expected = 200 if kind in ORGANIZATION[role] else 403
    assert call(identity_with(role=role), gitlab, one, "") == expected


@pytest.mark.parametrize("role", PROJECT)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_role_in_the_project_allows(admin: Api, gitlab: Sandbox, role: str, operation: str) -> None:
    project_id = project(admin)
    one = create(admin, gitlab, projectId=project_id)["id"]
    kind, call = OPERATIONS[operation]
    expected = 200 if kind in PROJECT[role] else 403
    api = identity_with(role="no-access", project_roles={project_id: [role]})
    assert call(api, gitlab, one, f"?projectId={project_id}") == expected


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_organizations_admin_is_a_stranger_in_a_project_without_membership(
    admin: Api, gitlab: Sandbox, operation: str
) -> None:
    project_id = project(admin)
    one = create(admin, gitlab, projectId=project_id)["id"]
    call = OPERATIONS[operation][1]
    assert call(identity_with(role="admin"), gitlab, one, f"?projectId={project_id}") == 404


@pytest.mark.parametrize("operation", ["get", "rename", "list projects", "delete"])
def test_another_organization_gets_the_very_answer_of_an_unknown_id(
    admin: Api, gitlab: Sandbox, operation: str
) -> None:
    one = create(admin, gitlab)["id"]
    outsider = stranger()
    for connection_id in (one, NOBODY):
        path = f"{GITLAB}/{connection_id}"
        answer = {
            "get": lambda path=path: outsider.get(path),
            "rename": lambda path=path: outsider.patch(path, {"name": "x"}),
            "list projects": lambda path=path: outsider.get(f"{path}/projects"),
            "delete": lambda path=path: outsider.delete(path),
        }[operation]()
        told = answer.json() | {"reqId": ""}
        assert answer.status_code == 404
        assert told == {
            "reqId": "",
            "statusCode": 404,
            "error": "NotFound",
            "message": f"Could not find App Connection with ID {connection_id}",
        }


def test_a_project_one_is_no_member_of_looks_like_one_that_is_not_there(admin: Api, gitlab: Sandbox) -> None:
    project_id = project(admin)
    create(admin, gitlab, projectId=project_id)
    outsider = identity_with(role="admin")
    for asked in (project_id, NOBODY):
        told = [
            outsider.get(GITLAB, {"projectId": asked}),
            outsider.get(f"{GITLAB}/available", {"projectId": asked}),
            outsider.get(f"{GITLAB}/connection-name/platform", {"projectId": asked}),
            outsider.post(GITLAB, body(gitlab, projectId=asked)),
        ]
        assert [answer.status_code for answer in told] == [404, 400, 404, 400]
        assert told[0].json()["message"] == f"Could not find project with ID {asked}"
        assert told[1].json()["message"] == f"Could not find project with ID {asked}"
        assert told[2].json()["message"] == ("Could not find App Connection with name platform in project scope.")


def test_a_refusal_names_the_action_in_the_contracts_words(admin: Api, gitlab: Sandbox) -> None:
    project_id = project(admin)
    weak = identity_with(role="member", project_roles={project_id: ["member"]})
    answer = weak.post(GITLAB, body(gitlab)).json()
    assert answer["error"] == "PermissionDenied"
    assert answer["message"] == "You are not allowed to create on app-connections"
    assert answer["details"] == [
        {"action": "create", "inverted": False, "subject": "app-connections", "conditions": {}}
    ]
    answer = weak.post(GITLAB, body(gitlab, projectId=project_id)).json()
    assert answer["message"] == "You are not allowed to create-app-connections on app-connections"


def test_a_member_sees_what_they_may_use_in_the_reduced_view_only(admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab)
    member = identity_with(role="member")
    assert len(member.get(f"{GITLAB}/available").json()["appConnections"]) == 1
    assert identity_with(role="no-access").get(f"{GITLAB}/available").status_code == 403


def test_nothing_is_asked_of_gitlab_for_somebody_who_may_not(admin: Api, gitlab: Sandbox) -> None:
    identity_with(role="member").post(GITLAB, body(gitlab))
    assert gitlab.requests == []
    assert not AppConnection.objects.exists()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.NO_ACCESS])
def test_people_and_machine_identities_hold_the_same_rights(admin: Api, role: Role) -> None:
    organization = Organization.objects.get()
    person = User.objects.create_user("ann@example.com")
    place = Project.objects.create(organization=organization, name="p", slug="p-one")
    for project_of in (None, place):
        add_member(
            organization_id=organization.id,
            project=project_of,
            member_type=ActorType.USER,
            member_id=person.id,
            roles=[{"role": role}],
        )
    actor = Actor(ActorType.USER, person.id, person.email, Origin("", "", ""))
    as_person = principal_of(actor, organization.id)
    machine = identity_with(role=role, project_roles={place.id: [role]})
    as_machine = principal_of(
        Actor(ActorType.IDENTITY, uuid.UUID(machine.identity_id), "", actor.origin), organization.id
    )
    assert as_person is not None
    assert as_machine is not None
    for where in (None, place.id):
        assert as_person.permissions(where) == as_machine.permissions(where)
