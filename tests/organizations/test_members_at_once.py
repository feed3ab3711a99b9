"""What must hold when changes of the members come at the same moment."""

from collections.abc import Callable
from functools import partial

import pytest

from audit.actors import Actor, ActorType
from audit.models import AuditEvent
from organizations import invitations, joining, members
from organizations.access import Principal
from organizations.models import Invitation, Membership, MembershipRole, User
from organizations.roles import Role
from organizations.services import principal_of
from tests.clients import identity_with, the_organization
from tests.concurrency import at_once
from tests.people import person
from wire.errors import WireError
from wire.origin import Origin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]
NOWHERE = Origin("203.0.113.7", "", "req-1")


def principal(user: User) -> Principal:
    found = principal_of(Actor(ActorType.USER, user.id, user.email, NOWHERE), the_organization().id)
    assert found
    return found


def place(user: User) -> Membership:
    return Membership.objects.get(member_id=user.id)


def outcome(call: Callable[[], object]) -> str:
    """Return "done", or the name of the error that a call was refused with."""
    try:
        call()
    except WireError as error:
        return type(error).__name__
    return "done"


def tried(*calls: Callable[[], object]) -> list[str]:
    return at_once([partial(outcome, call) for call in calls])


def admins() -> int:
    return MembershipRole.objects.filter(role=Role.ADMIN, membership__project=None).count()


def demotion(actor: User, target: User) -> Callable[[], object]:
    return partial(members.change_role, principal(actor), membership_id=place(target).id, role=Role.MEMBER)


def test_two_admins_who_demote_each_other_leave_one() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com")
    outcomes = tried(demotion(ann, bob), demotion(bob, ann))
    assert sorted(outcomes) == ["PermissionDenied", "done"], "who has lost the role meanwhile demotes nobody"
    assert admins() == 1


def test_two_admins_who_remove_each_other_leave_one() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com")
    removals = [
        partial(members.remove, principal(one), membership_id=place(other).id)
        for one, other in ((ann, bob), (bob, ann))
    ]
    assert sorted(tried(*removals)) == ["PermissionDenied", "done"]
    assert admins() == 1


def test_admins_who_all_leave_leave_one() -> None:
    people = [person(f"{name}@example.com") for name in ("ann", "bob", "carol")]
    outcomes = tried(*[partial(members.leave, principal(one)) for one in people])
    assert sorted(outcomes) == ["BadRequest", "done", "done"]
    assert admins() == 1


def test_a_person_and_a_machine_that_go_at_once_leave_one() -> None:
    ann, machine = person("ann@example.com"), identity_with(role="admin")
    path = f"/api/v1/identities/{machine.identity_id}"
    answers: list[str] = at_once(
        [
            partial(outcome, partial(members.leave, principal(ann))),
            lambda: str(machine.patch(path, {"role": "member"}).status_code),
        ]
    )
    assert sorted(answers) in (["200", "BadRequest"], ["400", "done"])
    assert admins() == 1


def sent_to(email: str, admin: User) -> invitations.Sent:
    (sent,) = invitations.invite(principal(admin), emails=[email], role=Role.MEMBER, project_roles={})
    return sent


def sign_up(key: str) -> Callable[[], object]:
    return partial(
        joining.sign_up, key, password="long enough to be one", first_name="", last_name="", origin=NOWHERE
    )


def test_of_many_who_open_one_link_one_gets_in() -> None:
    sent = sent_to("bob@example.com", person("ann@example.com"))
    outcomes = tried(*[sign_up(sent.key)] * 4)
    assert sorted(outcomes) == ["BadRequest"] * 3 + ["done"]
    assert User.objects.filter(email="bob@example.com").count() == 1
    assert AuditEvent.objects.filter(type="accept-invitation").count() == 1


def test_an_invitation_is_accepted_or_revoked_and_never_both() -> None:
    ann = person("ann@example.com")
    sent = sent_to("bob@example.com", ann)
    outcomes = tried(
        sign_up(sent.key), partial(invitations.revoke, principal(ann), invitation_id=sent.invitation.id)
    )
    assert sorted(outcomes) in (["NotFound", "done"], ["BadRequest", "done"])
    stored = Invitation.objects.get()
    assert (stored.accepted_at is None) != (stored.revoked_at is None)
    assert User.objects.filter(email="bob@example.com").exists() == (stored.accepted_at is not None)


def test_one_address_is_invited_once() -> None:
    ann = person("ann@example.com")
    call = partial(
        invitations.invite, principal(ann), emails=["bob@example.com"], role=Role.MEMBER, project_roles={}
    )
    assert sorted(tried(*[call] * 3)) == ["NotInvitable", "NotInvitable", "done"]
    assert Invitation.objects.count() == 1


def test_whoever_is_demoted_meanwhile_invites_nobody() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com")
    before = principal(bob)
    members.change_role(principal(ann), membership_id=place(bob).id, role=Role.MEMBER)
    call = partial(invitations.invite, before, emails=["eve@example.com"], role=Role.ADMIN, project_roles={})
    assert outcome(call) == "PermissionDenied"
