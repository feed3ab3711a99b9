"""The members of a project on a page: who sees them, and what of them."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organizations.models import Membership, MembershipRole, Project, User
from organizations.services import create_organization, set_roles
from tests.clients import identity_with
from tests.identities.web.project_places import choice, make_temporary, members, of
from tests.oauth.people import text
from tests.people import browser, join, person, send
from tests.projects import member, membership_of, project, put_into, roles_of

pytestmark = pytest.mark.django_db


def test_people_and_machine_identities_are_listed_together_by_name(place: Project, client: Client) -> None:
    identity_with(role="member", project_roles={place.id: ["viewer", "member"]}, name="Deployer")
    member(place, "viewer", email="zoe@example.com")
    project("Other")
    said = text(client.get(members(place)))
    assert said.index("ann@example.com") < said.index("Deployer") < said.index("zoe@example.com")
    assert "All 3" in said
    assert "People 2" in said
    assert "Machine identities 1" in said
    assert "Deployer" not in text(client.get(f"{members(place)}?kind=people"))
    assert "zoe@example.com" not in text(client.get(f"{members(place)}?kind=machines"))


def test_members_are_found_by_address_and_by_name(place: Project, client: Client) -> None:
    zoe = member(place, "viewer", email="z@example.com")
    User.objects.filter(pk=zoe.pk).update(first_name="Zoe", last_name="Zimmer")
    assert "z@example.com" in text(client.get(f"{members(place)}?q=zimm"))
    assert "No member matches" in text(client.get(f"{members(place)}?q=nobody"))


def test_a_temporary_role_is_shown_with_its_end(place: Project, client: Client, ann: User) -> None:
    bob = member(place, "viewer", email="bob@example.com")
    make_temporary(bob, place, "admin", timedelta(hours=5))
    page = client.get(members(place)).content.decode()
    assert "Admin until <time" in page
    assert "in 4 hours" in page


def test_a_longer_list_costs_no_more_queries(place: Project, client: Client) -> None:
    identity_with(project_roles={place.id: ["viewer"]})
    client.get(members(place))
    with CaptureQueriesContext(connection) as few:
        client.get(members(place))
    for number in range(6):
        member(place, "viewer", email=f"p{number}@example.com")
        identity_with(project_roles={place.id: ["viewer", "member"]}, name=f"m-{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(members(place))
    assert len(many) == len(few) <= 15


def test_of_very_many_people_some_are_offered_and_all_can_be_found(place: Project, client: Client) -> None:
    for number in range(103):
        join(User.objects.create(email=f"p{number:03}@example.com"), place.organization, "member")
    last = person("zoe@example.com", role="member")
    said = text(client.get(f"{members(place)}/new"))
    assert "100 of 104 are offered below." in said
    assert "zoe@example.com" not in said
    path = f"{members(place)}/new?q=zoe"
    assert send(client, path, {"member": choice(last), "roles": "viewer"}).status_code == 302
    assert roles_of(last, place) == ["viewer"]


def test_who_may_not_see_the_organizations_people_is_offered_none(place: Project) -> None:
    person("secret@example.com", role="member")
    identity_with(name="Hidden")
    admin = member(place, "admin", email="max@example.com", role="no-access")
    said = text(browser(admin).get(f"{members(place)}/new"))
    assert "does not let you see who is in it" in said
    assert "secret@example.com" not in said
    assert "Hidden" not in said


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_others_see_the_members_and_may_only_leave(place: Project, ann: User, role: str) -> None:
    bob = member(place, role, email="bob@example.com")
    client = browser(bob)
    page = client.get(members(place))
    assert "ann@example.com" in text(page)
    for words in ("Add member", "Change roles", "Remove"):
        assert words not in text(page)
    client.get(f"/projects/{place.id}/members/leave")
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    eve = person("eve@example.com", role="member")
    for path, fields in (
        (f"{members(place)}/new", {"member": choice(eve), "roles": "viewer"}),
        (of(ann, place), {"roles": "viewer"}),
        (of(bob, place), {"roles": "admin"}),
        (f"{of(ann, place)}/remove", {}),
    ):
        assert client.get(path).status_code == 403
        assert client.post(path, {**fields, **token}).status_code == 403
    assert (roles_of(ann, place), roles_of(bob, place), roles_of(eve, place)) == (["admin"], [role], None)
    assert send(client, f"/projects/{place.id}/members/leave").status_code == 302
    assert roles_of(bob, place) is None


def test_outside_the_project_there_is_nothing(place: Project, ann: User) -> None:
    outsiders = [
        person("eve@example.com", organization=create_organization(name="Elsewhere")),
        person("joe@example.com", role="member"),
        person("sue@example.com", role="admin"),
    ]
    paths = [members(place), f"{members(place)}/new", of(ann, place), f"{of(ann, place)}/remove"]
    for user in outsiders:
        for path in [*paths, f"/projects/{place.id}/members/leave"]:
            assert browser(user).get(path).status_code == 404
    nobody = member(place, "no-access", email="max@example.com")
    assert browser(nobody).get(members(place)).status_code == 403
    assert browser().get(members(place)).headers["Location"].startswith("/sign-in")


def test_a_membership_of_another_project_or_of_the_organization_is_not_there(
    place: Project, client: Client, ann: User
) -> None:
    other = project("Other")
    put_into(ann, other, ["admin"])
    bob = member(other, "viewer", email="bob@example.com")
    theirs = membership_of(bob, other)
    in_organization = Membership.objects.get(member_id=bob.id, project=None)
    client.get(f"/projects/{place.id}/members/leave")
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    for membership in (theirs.id, in_organization.id, uuid.uuid4()):
        for path in (f"{members(place)}/{membership}", f"{members(place)}/{membership}/remove"):
            assert client.get(path).status_code == 404
            assert client.post(path, {"roles": "admin", **token}).status_code == 404
    assert roles_of(bob, other) == ["viewer"]


def test_hostile_names_are_only_text(place: Project, client: Client) -> None:
    identity_with(project_roles={place.id: ["viewer"]}, name="<img src=x onerror=alert(1)>")
    identity_with(name="</option><script>alert(1)</script>")
    bob = member(place, "viewer", email="bob@example.com")
    User.objects.filter(pk=bob.pk).update(first_name="<script>alert(1)</script>")
    machine = Membership.objects.get(project=place, member_type="identity")
    for path in (
        members(place),
        f"{members(place)}/new",
        f"{members(place)}/{machine.id}",
        f"{members(place)}/{machine.id}/remove",
    ):
        page = client.get(path).content.decode()
        assert "<img src=x" not in page
        assert "<script>alert" not in page


def test_a_role_that_ended_is_not_shown(place: Project, client: Client) -> None:
    bob = member(place, "viewer", email="bob@example.com")
    role = make_temporary(bob, place, "admin", timedelta(hours=1))
    MembershipRole.objects.filter(pk=role.pk).update(ends_at=timezone.now() - timedelta(minutes=3))
    assert "until" not in client.get(members(place)).content.decode()
    set_roles(membership_of(bob, place), [])
    assert "No access" in text(client.get(members(place)))
