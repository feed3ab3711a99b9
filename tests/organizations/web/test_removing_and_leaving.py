"""The ways out of an organization: being removed, and leaving."""

import pytest

from audit.actors import ActorType
from organizations.models import Membership, Project, User
from organizations.services import add_member, create_organization
from tests.clients import identity_with, the_organization
from tests.identities.requests import create_project
from tests.organizations.web.invited import LEAVE, MEMBERS, events, invite, is_member, link, place, post
from tests.people import browser, join, person, send

pytestmark = pytest.mark.django_db


def path(user: User) -> str:
    return f"{MEMBERS}/{place(user).id}/remove"


def project_of(user: User) -> Project:
    """Return a project of the first organization that the person is the only admin of."""
    project = Project.objects.create(organization=the_organization(), name="Platform", slug="platform")
    add_member(
        organization_id=project.organization_id,
        project=project,
        member_type=ActorType.USER,
        member_id=user.id,
        roles=[{"role": "admin"}],
    )
    return project


def test_an_admin_removes_somebody_from_the_organization_and_its_projects() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    project_of(bob)
    elsewhere = create_organization(name="Elsewhere")
    join(bob, elsewhere)
    client, theirs = browser(ann), browser(bob)
    assert theirs.get(MEMBERS).status_code == 200
    asked = client.get(path(bob)).content.decode()
    assert "Remove bob@example.com?" in asked
    assert "<strong>Platform</strong>" in asked, "a project would be left without an admin"
    answer = send(client, path(bob))
    assert (answer.status_code, answer["Location"]) == (302, MEMBERS)
    assert not is_member(bob)
    assert is_member(bob, elsewhere), "what they are elsewhere is none of this organization's business"
    assert User.objects.filter(pk=bob.id).exists()
    (event,) = events("remove-member")
    assert (event.actor_name, event.subject_id) == ("ann@example.com", bob.id)
    assert event.metadata["role"] == "member"


def test_looking_at_the_question_removes_nobody() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    browser(ann).get(path(bob))
    assert is_member(bob)


@pytest.mark.parametrize("role", ["member", "no-access"])
def test_others_than_admins_remove_nobody(role: str) -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role=role)
    assert browser(bob).get(path(ann)).status_code == 403
    assert post(browser(bob), path(ann)).status_code == 403
    assert is_member(ann)


def test_removing_oneself_is_leaving() -> None:
    ann = person("ann@example.com")
    assert browser(ann).get(path(ann))["Location"] == LEAVE
    assert post(browser(ann), path(ann))["Location"] == LEAVE
    assert is_member(ann)


def test_somebody_who_is_gone_already_is_not_there() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    gone = path(bob)
    Membership.objects.filter(member_id=bob.id).delete()
    assert browser(ann).get(gone).status_code == 404
    assert post(browser(ann), gone).status_code == 404


@pytest.mark.usefixtures("mails_go_at_once")
def test_no_way_back_stays_open(mailoutbox: list[object]) -> None:
    """An invitation that was not needed any more ends with the membership."""
    ann, bob = person("ann@example.com"), User.objects.create_user("bob@example.com", "x")
    invite(browser(ann), "bob@example.com", role="admin")
    join(bob, the_organization(), "member")
    send(browser(ann), path(bob))
    assert browser(bob).get(link(mailoutbox[0])).status_code == 410  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["admin", "member", "no-access"])
def test_everybody_may_leave(role: str) -> None:
    person("ann@example.com")
    bob = person("bob@example.com", role=role)
    client = browser(bob)
    assert 'href="/organization/leave"' in client.get("/organization/app-connections").content.decode()
    assert send(client, LEAVE)["Location"] == "/"
    assert not is_member(bob)
    assert client.get(MEMBERS).status_code == 403
    (event,) = events("leave-organization")
    assert (event.actor_name, event.subject_id) == ("bob@example.com", bob.id)


def test_the_last_admin_stays() -> None:
    ann = person("ann@example.com")
    person("bob@example.com", role="member")
    client = browser(ann)
    refused = send(client, LEAVE)
    assert refused.status_code == 422
    assert b"The organization needs at least one admin" in refused.content
    assert b"<title>Error: " in refused.content
    assert is_member(ann)
    identity_with(role="admin")
    assert send(client, LEAVE).status_code == 302


def test_who_leaves_one_of_two_organizations_looks_at_the_other_then() -> None:
    ann = person("ann@example.com")
    person("bob@example.com")
    join(ann, create_organization(name="Second"), "member")
    client = browser(ann)
    send(client, LEAVE)
    assert "Second" in client.get(MEMBERS).content.decode()


def test_a_project_with_another_admin_is_not_left_alone() -> None:
    machine = identity_with()
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    project = Project.objects.get(pk=create_project(machine))
    add_member(
        organization_id=project.organization_id,
        project=project,
        member_type=ActorType.USER,
        member_id=bob.id,
        roles=[{"role": "admin"}],
    )
    assert "Without an admin then" not in browser(ann).get(path(bob)).content.decode()
