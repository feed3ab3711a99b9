"""People of a project who are changed at the same moment: an admin stays, and nobody is in it twice."""

from functools import partial
from typing import Any

import pytest

from audit.actors import Actor, ActorType
from audit.models import AuditEvent
from organizations import project_members
from organizations.access import Principal
from organizations.models import Membership, MembershipRole, Project, User
from organizations.project_roles import Given
from organizations.services import principal_of
from tests.concurrency import at_once
from tests.people import person
from tests.projects import member, membership_of, project
from wire.errors import WireError
from wire.origin import Origin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]
ORIGIN = Origin("203.0.113.7", "a browser", "req-1")


def principal(user: User, place: Project) -> Principal:
    found = principal_of(Actor(ActorType.USER, user.id, user.email, ORIGIN), place.organization_id)
    assert found
    return found


def outcome(call: Any) -> str:
    """Return what came of it: `done`, or the name of the refusal."""
    try:
        call()
    except WireError as error:
        return error.error
    return "done"


def all_at_once(calls: list[Any]) -> list[str]:
    return sorted(at_once([partial(outcome, call) for call in calls]))


def test_admins_who_take_each_other_out_leave_one() -> None:
    place = project()
    people = [member(place, "admin", email=f"{name}@example.com") for name in ("ann", "bob", "eve")]
    calls = [
        partial(
            project_members.remove,
            principal(user, place),
            project_id=str(place.id),
            membership_id=membership_of(people[number - 1], place).id,
        )
        for number, user in enumerate(people)
    ]
    all_at_once(calls)
    assert MembershipRole.objects.filter(membership__project=place, role="admin").exists()


def test_admins_who_all_leave_leave_one() -> None:
    place = project()
    people = [member(place, "admin", email=f"{name}@example.com") for name in ("ann", "bob", "eve")]
    calls = [partial(project_members.leave, principal(user, place), project_id=str(place.id)) for user in people]
    assert all_at_once(calls) == ["BadRequest", "done", "done"]
    assert MembershipRole.objects.filter(membership__project=place, role="admin").count() == 1
    assert AuditEvent.objects.filter(type="leave-project").count() == 2


def test_admins_who_demote_themselves_leave_one() -> None:
    place = project()
    people = [member(place, "admin", email=f"{name}@example.com") for name in ("ann", "bob")]
    calls = [
        partial(
            project_members.update,
            principal(user, place),
            project_id=str(place.id),
            membership_id=membership_of(user, place).id,
            roles=[Given("viewer")],
        )
        for user in people
    ]
    assert all_at_once(calls) == ["BadRequest", "done"]


def test_who_is_taken_out_first_changes_nobody() -> None:
    """What somebody may do is read again once their turn has come."""
    place = project()
    ann, bob = (member(place, "admin", email=f"{name}@example.com") for name in ("ann", "bob"))
    stale = principal(bob, place)
    membership_id = membership_of(ann, place).id
    project_members.remove(
        principal(ann, place), project_id=str(place.id), membership_id=membership_of(bob, place).id
    )
    change = partial(
        project_members.update,
        stale,
        project_id=str(place.id),
        membership_id=membership_id,
        roles=[Given("viewer")],
    )
    assert outcome(change) == "NotFound"


def test_one_person_is_added_once() -> None:
    place = project()
    ann, bob = member(place, "admin", email="ann@example.com"), person("bob@example.com", role="member")
    add = partial(
        project_members.add,
        principal(ann, place),
        project_id=str(place.id),
        user_id=bob.id,
        roles=[Given("viewer")],
    )
    assert all_at_once([add] * 4) == ["BadRequest"] * 3 + ["done"]
    assert AuditEvent.objects.filter(type="add-project-member").count() == 1


def test_joining_twice_is_joining_once() -> None:
    place, ann = project(), person("ann@example.com")
    join = partial(project_members.join, principal(ann, place), project_id=str(place.id))
    assert all_at_once([join] * 3) == ["BadRequest"] * 2 + ["done"]
    assert Membership.objects.filter(project=place).count() == 1
    assert MembershipRole.objects.filter(membership__project=place).count() == 1


def test_who_has_left_the_organization_is_not_added() -> None:
    place = project()
    ann, bob = member(place, "admin", email="ann@example.com"), person("bob@example.com", role="member")
    Membership.objects.filter(member_id=bob.id).delete()
    add = partial(
        project_members.add,
        principal(ann, place),
        project_id=str(place.id),
        user_id=bob.id,
        roles=[Given("viewer")],
    )
    assert outcome(add) == "NotFound"
    assert not Membership.objects.filter(member_id=bob.id).exists()
