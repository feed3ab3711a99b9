"""The members of a project on a page: who is added, with which roles, who goes."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from audit.models import AuditEvent
from identities.models import Identity
from organizations.models import Membership, MembershipRole, Project, User
from organizations.services import create_organization
from tests.clients import identity_with
from tests.identities.web.project_places import add, choice, make_temporary, members, of
from tests.oauth.people import text
from tests.people import browser, person, send
from tests.projects import member, roles_of

pytestmark = pytest.mark.django_db
LAST_ADMIN = "The project needs at least one admin for good."


def test_a_person_of_the_organization_is_added_and_it_is_recorded(place: Project, client: Client) -> None:
    bob = person("bob@example.com", role="no-access")
    assert "bob@example.com" in text(client.get(f"{members(place)}/new"))
    assert add(client, place, choice(bob), "member", "viewer") == 302
    assert roles_of(bob, place) == ["member", "viewer"]
    event = AuditEvent.objects.get(type="add-project-member")
    assert (event.project_id, event.subject_id, event.subject_name) == (place.id, bob.id, bob.email)
    assert event.metadata["roles"] == ["member", "viewer"]
    assert add(client, place, choice(bob), "member") == 422, "a member already"


def test_a_machine_identity_is_added_by_the_same_page(place: Project, client: Client) -> None:
    identity_with(role="member", name="Deployer")
    identity = Identity.objects.get()
    assert add(client, place, f"identity:{identity.id}", "viewer") == 302
    assert Membership.objects.get(project=place, member_id=identity.id).roles.get().role == "viewer"
    assert AuditEvent.objects.filter(type="add-project-identity").exists()


def test_nobody_from_elsewhere_can_be_added(place: Project, client: Client) -> None:
    foreigner = person("eve@example.com", organization=create_organization(name="Elsewhere"))
    gone = person("gone@example.com")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    person("bob@example.com")
    assert "eve@example.com" not in text(client.get(f"{members(place)}/new"))
    strange = [choice(foreigner), choice(gone), f"user:{uuid.uuid4()}", "user:", "identity:x", "x", "", "\0"]
    for wanted in strange:
        assert add(client, place, wanted, "viewer") == 422
    assert Membership.objects.filter(project=place).count() == 1


@pytest.mark.parametrize("roles", [(), ("owner",), ("viewer", "<script>"), ("",)])
def test_only_roles_that_exist_are_given(place: Project, client: Client, roles: tuple[str, ...]) -> None:
    bob = person("bob@example.com", role="member")
    assert add(client, place, choice(bob), *roles) == 422
    assert roles_of(bob, place) is None


def test_roles_are_changed_and_it_is_recorded(place: Project, client: Client) -> None:
    bob = member(place, "viewer", email="bob@example.com")
    page = client.get(of(bob, place)).content.decode()
    assert re.findall(r'name="roles" value="([a-z-]+)"[^>]* checked', page) == ["viewer"]
    assert send(client, of(bob, place), {"roles": "admin"}).status_code == 302
    assert roles_of(bob, place) == ["admin"]
    assert AuditEvent.objects.get(type="update-project-member").metadata["roles"] == ["admin"]


def test_roles_with_an_end_are_kept_unless_they_are_taken_away(place: Project, client: Client) -> None:
    bob = member(place, "viewer", email="bob@example.com")
    role = make_temporary(bob, place, "admin", timedelta(hours=5))
    kept = {"roles": "member", "temporary": str(role.id)}
    assert send(client, of(bob, place), kept).status_code == 302
    assert roles_of(bob, place) == ["admin", "member"]
    assert MembershipRole.objects.get(temporary_mode="relative").ends_at == role.ends_at
    assert send(client, of(bob, place), kept).status_code == 422, "the roles are others by now"
    assert send(client, of(bob, place), {"roles": "member"}).status_code == 302
    assert roles_of(bob, place) == ["member"]


def test_the_last_admin_stays(place: Project, client: Client, ann: User) -> None:
    for path, fields in ((of(ann, place), {"roles": "viewer"}), (f"/projects/{place.id}/members/leave", {})):
        answer = send(client, path, fields)
        assert answer.status_code == 422
        assert LAST_ADMIN in text(answer)
    assert roles_of(ann, place) == ["admin"]
    identity_with(project_roles={place.id: ["admin"]})
    assert send(client, f"/projects/{place.id}/members/leave").status_code == 302
    assert roles_of(ann, place) is None
    assert AuditEvent.objects.get(type="leave-project").subject_id == ann.id


def test_an_admin_for_a_while_is_not_enough_and_cannot_take_the_last_one_out(place: Project, ann: User) -> None:
    bob = member(place, "viewer", email="bob@example.com")
    make_temporary(bob, place, "admin", timedelta(hours=1))
    client = browser(bob)
    answer = send(client, f"{of(ann, place)}/remove")
    assert answer.status_code == 422
    assert LAST_ADMIN in text(answer)
    refused = send(client, of(bob, place), {"roles": "admin"})
    assert refused.status_code == 422
    assert "You cannot give a role that allows more" in text(refused)
    assert roles_of(ann, place) == ["admin"]


def test_the_last_admin_can_be_a_machine_which_nobody_takes_out_either(place: Project) -> None:
    identity_with(project_roles={place.id: ["admin"]}, name="machine")
    bob = member(place, "viewer", email="bob@example.com")
    make_temporary(bob, place, "admin", timedelta(hours=1))
    machine = Membership.objects.get(project=place, member_type="identity")
    for path, fields in (
        (f"{members(place)}/{machine.id}/remove", {}),
        (f"{members(place)}/{machine.id}", {"roles": "viewer"}),
    ):
        answer = send(browser(bob), path, fields)
        assert answer.status_code == 422
        assert LAST_ADMIN in text(answer)


def test_a_member_is_removed_and_gone_with_the_next_click(place: Project, client: Client) -> None:
    bob = member(place, "admin", email="bob@example.com")
    bobs = browser(bob)
    assert bobs.get(members(place)).status_code == 200
    path = f"{of(bob, place)}/remove"
    assert "Remove bob@example.com from Platform?" in text(client.get(path))
    assert send(client, path).status_code == 302
    assert bobs.get(members(place)).status_code == 404
    assert AuditEvent.objects.get(type="remove-project-member").metadata["roles"] == ["admin"]
    assert client.get(path).status_code == 404


def test_a_machine_identity_is_changed_and_removed_too(place: Project, client: Client) -> None:
    identity_with(project_roles={place.id: ["viewer"]}, name="machine")
    machine = Membership.objects.get(project=place, member_type="identity")
    assert send(client, f"{members(place)}/{machine.id}", {"roles": "member"}).status_code == 302
    assert machine.roles.get().role == "member"
    assert send(client, f"{members(place)}/{machine.id}/remove").status_code == 302
    assert not Membership.objects.filter(pk=machine.pk).exists()


def test_oneself_is_left_not_removed(place: Project, client: Client, ann: User) -> None:
    assert client.get(f"{of(ann, place)}/remove").headers["Location"] == f"/projects/{place.id}/members/leave"


def test_who_gives_away_their_own_access_is_led_to_the_projects(place: Project, client: Client, ann: User) -> None:
    member(place, "admin", email="bob@example.com")
    answer = send(client, of(ann, place), {"roles": "no-access"})
    assert answer.headers["Location"] == "/organization/projects"
