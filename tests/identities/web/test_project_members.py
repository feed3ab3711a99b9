"""The members of a project on a page: who sees them, who is added, with which roles, who goes."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from identities.models import Identity
from organizations.models import Membership, MembershipRole, Project, User
from organizations.services import create_organization, set_roles
from tests.clients import identity_with
from tests.oauth.people import text
from tests.people import browser, join, person, send
from tests.projects import member, membership_of, project, put_into, roles_of

pytestmark = pytest.mark.django_db
LAST_ADMIN = "The project needs at least one admin for good."


@pytest.fixture
def place(db: None) -> Project:
    return project()


@pytest.fixture
def ann(place: Project) -> User:
    return member(place, "admin", email="ann@example.com")


@pytest.fixture
def client(ann: User) -> Client:
    return browser(ann)


def members(place: Project) -> str:
    return f"/projects/{place.id}/members"


def of(user: User, place: Project) -> str:
    return f"{members(place)}/{membership_of(user, place).id}"


def choice(user: User) -> str:
    return f"user:{user.id}"


def add(client: Client, place: Project, member: str, *roles: str) -> int:
    return send(client, f"{members(place)}/new", {"member": member, "roles": list(roles)}).status_code  # type: ignore[dict-item]  # several of one name


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


def make_temporary(user: User, place: Project, role: str, lasts: timedelta) -> MembershipRole:
    now = timezone.now()
    return MembershipRole.objects.create(
        membership=membership_of(user, place),
        role=role,
        temporary_mode="relative",
        temporary_range=f"{int(lasts.total_seconds())}s",
        starts_at=now,
        ends_at=now + lasts,
    )


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
