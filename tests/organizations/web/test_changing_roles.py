"""Another role for a member: who may give which, and that an admin always stays."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from organizations.models import Membership, MembershipRole, User
from organizations.services import create_organization
from tests.clients import identity_with, stranger, the_organization
from tests.identities.requests import create_project
from tests.organizations.web.invited import MEMBERS, events, place, post, roles
from tests.people import browser, person, send

pytestmark = pytest.mark.django_db
LAST_ADMIN = b"The organization needs at least one admin"


def path(user: User) -> str:
    return f"{MEMBERS}/{place(user).id}/role"


def test_an_admin_gives_another_role_and_it_counts_at_once() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    answer = send(browser(ann), path(bob), {"role": "no-access"})
    assert (answer.status_code, answer["Location"]) == (302, MEMBERS)
    assert roles(bob) == ["no-access"]
    assert browser(bob).get(MEMBERS).status_code == 403
    (event,) = events("update-member")
    assert (event.actor_name, event.subject_id, event.subject_name) == (
        "ann@example.com",
        bob.id,
        "bob@example.com",
    )
    assert (event.metadata["role"], event.metadata["previousRole"]) == ("no-access", "member")


def test_the_same_role_again_changes_nothing() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    assert send(browser(ann), path(bob), {"role": "member"}).status_code == 302
    assert events("update-member") == []


@pytest.mark.parametrize("role", ["", "owner", "viewer"])
def test_a_role_that_there_is_not_is_refused(role: str) -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    answer = send(browser(ann), path(bob), {"role": role})
    assert answer.status_code == 422
    assert b"<title>Error: " in answer.content
    assert roles(bob) == ["member"]


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("no-access", 403)])
def test_others_than_admins_change_nobody(role: str, status: int) -> None:
    person("ann@example.com")
    bob, carol = person("bob@example.com", role=role), person("carol@example.com", role="member")
    for target in (bob, carol):
        assert browser(bob).get(path(target)).status_code == status
        assert post(browser(bob), path(target), {"role": "admin"}).status_code == status
    assert (roles(bob), roles(carol)) == ([role], ["member"])


def test_the_memberships_of_another_organization_are_not_there() -> None:
    ann = person("ann@example.com")
    elsewhere = create_organization(name="Elsewhere")
    eve = person("eve@example.com", organization=elsewhere)
    foreign = f"{MEMBERS}/{place(eve, elsewhere).id}"
    for address in (f"{foreign}/role", f"{foreign}/remove", f"{MEMBERS}/{uuid.uuid4()}/role"):
        assert browser(ann).get(address).status_code == 404
        assert post(browser(ann), address, {"role": "no-access"}).status_code == 404
    assert roles(eve, elsewhere) == ["admin"]


def test_machines_and_places_in_projects_are_not_changed_here() -> None:
    machine = identity_with()
    ann = person("ann@example.com")
    create_project(machine)
    stranger()
    for membership in Membership.objects.exclude(pk=place(ann).id):
        assert post(browser(ann), f"{MEMBERS}/{membership.id}/role", {"role": "member"}).status_code == 404
    assert set(MembershipRole.objects.values_list("role", flat=True)) == {"admin"}


def test_giving_up_ones_own_role_takes_a_tick() -> None:
    ann = person("ann@example.com")
    person("bob@example.com")
    client = browser(ann)
    asked = send(client, path(ann), {"role": "member"})
    assert asked.status_code == 422
    assert b"Tick this" in asked.content
    assert send(client, path(ann), {"role": "member", "confirmed": "on"})["Location"] == MEMBERS
    assert client.get(f"{MEMBERS}/invite").status_code == 403


def test_whoever_gives_up_all_access_lands_where_they_may_be() -> None:
    ann = person("ann@example.com")
    person("bob@example.com")
    assert send(browser(ann), path(ann), {"role": "no-access", "confirmed": "on"})["Location"] == "/"


def test_the_last_admin_cannot_be_demoted() -> None:
    ann = person("ann@example.com")
    answer = send(browser(ann), path(ann), {"role": "member", "confirmed": "on"})
    assert answer.status_code == 422
    assert LAST_ADMIN in answer.content
    assert roles(ann) == ["admin"]


def test_a_machine_that_can_log_in_is_an_admin_as_good_as_a_person() -> None:
    ann = person("ann@example.com")
    identity_with(role="admin")
    assert send(browser(ann), path(ann), {"role": "member", "confirmed": "on"}).status_code == 302


@pytest.mark.parametrize("cause", ["switched off", "without password", "temporary", "elsewhere"])
def test_an_admin_who_cannot_get_in_or_is_not_to_stay_does_not_count(cause: str) -> None:
    ann = person("ann@example.com")
    other = create_organization(name="Elsewhere") if cause == "elsewhere" else the_organization()
    bob = person("bob@example.com", organization=other)
    if cause == "switched off":
        User.objects.filter(pk=bob.id).update(is_active=False)
    elif cause == "without password":
        bob.set_unusable_password()
        bob.save()
    elif cause == "temporary":
        end = timezone.now() + timedelta(days=9)
        MembershipRole.objects.filter(membership__member_id=bob.id).update(starts_at=timezone.now(), ends_at=end)
    answer = send(browser(ann), path(ann), {"role": "member", "confirmed": "on"})
    assert LAST_ADMIN in answer.content


def test_an_admin_for_a_time_gives_nothing_that_outlasts_it() -> None:
    person("ann@example.com")
    bob, carol = person("bob@example.com"), person("carol@example.com", role="member")
    start, end = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    MembershipRole.objects.filter(membership=place(bob)).update(starts_at=start, ends_at=end)
    for target, fields in ((carol, {"role": "admin"}), (bob, {"role": "admin"})):
        assert send(browser(bob), path(target), fields).status_code == 403
    assert roles(carol) == ["member"]
    assert MembershipRole.objects.get(membership=place(bob)).ends_at == end


def test_a_temporary_role_gives_way_to_the_chosen_one() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    end = timezone.now() + timedelta(days=1)
    MembershipRole.objects.filter(membership=place(bob)).update(starts_at=timezone.now(), ends_at=end)
    client = browser(ann)
    assert b"takes the place of all of these" in client.get(path(bob)).content
    assert send(client, path(bob), {"role": "member"}).status_code == 302
    kept = MembershipRole.objects.get(membership=place(bob))
    assert (kept.role, kept.starts_at, kept.ends_at) == ("member", None, None)
