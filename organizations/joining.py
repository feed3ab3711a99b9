"""Accepting an invitation: as somebody with an account, or with a new one. Each link works once."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor, ActorType
from audit.events import Event
from organizations.admins import lock_roles
from organizations.invitations import digests, is_pending, record
from organizations.models import Invitation, Membership, Project, User
from organizations.services import add_member
from wire.errors import BadRequest, Forbidden
from wire.origin import Origin
from wire.unique import unless_taken

OVER = "This invitation no longer works."
SOMEBODY_ELSES = "This invitation is for somebody else."
HAS_ACCOUNT = "There is an account with this address by now. Sign in to join."


def find(key: str) -> Invitation | None:
    """Return the invitation that a key belongs to, whatever became of it; None for a key of none."""
    return Invitation.objects.select_related("organization").filter(digest__in=digests(key)).first()


def has_account(invitation: Invitation) -> bool:
    return User.objects.filter(email=invitation.email).exists()


def join(key: str, *, user: User, origin: Origin) -> Invitation:
    """Make the person a member, as their invitation says.

    Raises BadRequest when it is over, Forbidden when it is somebody else's.
    """
    actor = Actor(ActorType.USER, user.id, user.email, origin)
    with transaction.atomic():
        invitation = _take(key)
        if user.email != invitation.email:
            raise Forbidden(SOMEBODY_ELSES)
        _enter(invitation, actor, user.id)
    return invitation


def sign_up(key: str, *, password: str, first_name: str, last_name: str, origin: Origin) -> tuple[User, Invitation]:
    """Make an account for the invited address, and a member of it. The password has been validated.

    Raises BadRequest when the invitation is over, or the address has an account.
    """
    user = User(first_name=first_name, last_name=last_name)
    user.set_password(password)  # slow on purpose: done before anything is locked
    with unless_taken(BadRequest(HAS_ACCOUNT)), transaction.atomic():
        invitation = _take(key)
        if has_account(invitation):
            raise BadRequest(HAS_ACCOUNT)
        user.email = invitation.email
        user.save(force_insert=True)
        _enter(invitation, Actor(ActorType.USER, user.id, user.email, origin), user.id, madeAccount=True)
    return user, invitation


def _take(key: str) -> Invitation:
    """Use a pending invitation up, before anything else; raises BadRequest. Call it inside a transaction."""
    known = find(key)
    if known is None:
        raise BadRequest(OVER)
    lock_roles(known.organization_id)
    fresh = Invitation.objects.select_related("organization").select_for_update(of=("self",))
    invitation = fresh.filter(pk=known.pk, digest=known.digest).first()
    if invitation is None or not is_pending(invitation):
        raise BadRequest(OVER)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at", "updated_at"])
    return invitation


def _enter(invitation: Invitation, actor: Actor, user_id: uuid.UUID, **metadata: Any) -> None:
    """Give the roles of the invitation where the person is no member yet: what they are already stays."""
    wanted: list[tuple[Project | None, str]] = [(None, invitation.role)]
    wanted += [(project, invitation.project_roles[str(project.id)]) for project in _projects(invitation)]
    mine = Membership.objects.filter(member_type=ActorType.USER, member_id=user_id)
    places = set(mine.filter(organization_id=invitation.organization_id).values_list("project_id", flat=True))
    for project, role in wanted:
        if (project.id if project else None) not in places:
            add_member(
                organization_id=invitation.organization_id,
                project=project,
                member_type=ActorType.USER,
                member_id=user_id,
                roles=[{"role": role}],
            )
    record(Event.ACCEPT_INVITATION, actor, invitation, role=invitation.role, **metadata)


def _projects(invitation: Invitation) -> list[Project]:
    """Return the projects of an invitation that are still there, and let nobody else change their members now."""
    wanted = Project.objects.filter(
        pk__in=list(invitation.project_roles), organization_id=invitation.organization_id
    )
    return list(wanted.order_by("pk").select_for_update(no_key=True))
