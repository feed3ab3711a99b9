"""An admin of the organization makes themselves admin of a project, on the record."""

import uuid

import pytest

from audit.models import AuditEvent
from organizations.models import Membership, MembershipRole
from organizations.services import create_organization
from tests.oauth.people import text
from tests.people import browser, person, send
from tests.projects import member, project, put_into, roles_of

pytestmark = pytest.mark.django_db


def join_path(project_id: uuid.UUID) -> str:
    return f"/organization/projects/{project_id}/join"


def test_it_is_asked_done_and_recorded() -> None:
    ann, place = person(), project()
    client = browser(ann)
    assert client.get(f"/projects/{place.id}/settings").status_code == 404
    assert "recorded in the audit log" in text(client.get(join_path(place.id)))
    assert roles_of(ann, place) is None
    answer = send(client, join_path(place.id))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/projects/{place.id}/members")
    assert roles_of(ann, place) == ["admin"]
    event = AuditEvent.objects.get(type="join-project")
    assert (event.actor_id, event.project_id) == (ann.id, place.id)
    assert client.get(f"/projects/{place.id}/settings").status_code == 200


def test_a_viewer_of_the_project_becomes_admin_beside() -> None:
    ann, place = person(), project()
    put_into(ann, place, ["viewer"])
    send(browser(ann), join_path(place.id))
    assert roles_of(ann, place) == ["admin", "viewer"]


def test_who_is_admin_already_is_told_so() -> None:
    ann, place = person(), project()
    put_into(ann, place, ["admin"])
    assert send(browser(ann), join_path(place.id)).status_code == 400
    assert roles_of(ann, place) == ["admin"]
    assert not AuditEvent.objects.filter(type="join-project").exists()


def test_for_others_the_project_is_not_there_and_for_its_members_it_is_forbidden() -> None:
    place = project()
    bob = browser(person("bob@example.com", role="member"))
    assert bob.get(join_path(place.id)).status_code == 404
    assert bob.get(join_path(uuid.uuid4())).status_code == 404
    eve = browser(member(place, "admin", email="eve@example.com"))
    assert eve.get(join_path(place.id)).status_code == 403


def test_another_organizations_project_is_not_there() -> None:
    client = browser(person())
    foreign = project(organization=create_organization(name="Elsewhere"))
    assert client.get(join_path(foreign.id)).status_code == 404
    client.get("/organization/projects/new")
    token = client.cookies["csrftoken"].value
    assert client.post(join_path(foreign.id), {"csrfmiddlewaretoken": token}).status_code == 404
    assert not Membership.objects.filter(project=foreign).exists()


def test_who_administers_the_organization_for_a_while_does_not_stay_in_a_project() -> None:
    ann, place = person(), project()
    MembershipRole.objects.filter(membership__member_id=ann.id).update(ends_at="2999-01-01T00:00:00Z")
    assert send(browser(ann), join_path(place.id)).status_code == 403
    assert roles_of(ann, place) is None
