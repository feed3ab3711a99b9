"""Invitations to an organization: sent by its admins, accepted once by whoever reads the mail.

The key in the link stands in the mail alone. Accounts are instance-wide: an admin who saw it could make one in the
name of any address.
"""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from audit import log
from audit.actors import Actor, ActorType
from audit.events import Event
from audit.subjects import Subject
from organizations.access import Principal, permissions_of, require_organization, require_within
from organizations.members import BEYOND, held_for_good, held_now
from organizations.models import Invitation, InvitationState, Membership, Project, User
from organizations.roles import ORGANIZATION_ROLES, Permission, Role
from organizations.services import get_project
from wire.errors import BadRequest, NotFound

P = Permission
LIFETIME = timedelta(days=7)
MOST_AT_ONCE = 50
PURPOSE = "organizations invitation"
INVITED = "has an invitation already. Send it again instead."
NO_SUCH_INVITATION = "There is no such invitation, or it was accepted or revoked meanwhile."


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation with the key for its link. The key is not stored: it goes into the mail, and nowhere else."""

    invitation: Invitation
    key: str


class NotInvitable(BadRequest):
    """Some of the addresses cannot be invited, and so none was. `faults` says why, by address."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{email}: {fault}" for email, fault in faults.items()))
        self.faults = faults


def digests(key: str) -> list[str]:
    """Return the keyed digests of a key, the current one first: one for each SECRET_KEY that still verifies."""
    known = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac(PURPOSE, key, secret=secret, algorithm="sha256").hexdigest() for secret in known]


def open_invitations(organization_id: uuid.UUID) -> QuerySet[Invitation]:
    """Return what was neither accepted nor revoked; what has expired too, since it can be sent again."""
    return Invitation.objects.filter(organization_id=organization_id, accepted_at=None, revoked_at=None)


def list_open(principal: Principal) -> QuerySet[Invitation]:
    """Return the organization's open invitations by address, for those who may invite."""
    require_organization(principal, P.MEMBERS_CREATE)
    return open_invitations(principal.organization_id).order_by("email")


def projects_to_invite_to(principal: Principal) -> list[Project]:
    """Return the projects that the principal may add members to, by name."""
    ids = [place for place in principal.project_roles if P.MEMBERS_CREATE in principal.permissions(place)]
    return list(Project.objects.filter(pk__in=ids).order_by("name", "slug"))


def invite(
    principal: Principal, *, emails: Sequence[str], role: Role, project_roles: Mapping[uuid.UUID, Role]
) -> list[Sent]:
    """Store an invitation for each address. Raises NotInvitable when one of them cannot be invited.

    Raises BadRequest for too many at once, BeyondPrivileges for roles that allow more than the principal's.
    """
    if len(emails) > MOST_AT_ONCE:
        raise BadRequest(f"Invite {MOST_AT_ONCE} people at once at most; these are {len(emails)}.")
    wanted = list(dict.fromkeys(email.strip().lower() for email in emails))
    with transaction.atomic():
        principal = held_now(principal, P.MEMBERS_CREATE)
        _require_within(principal, role, project_roles)
        if faults := _faults(principal.organization_id, wanted):
            raise NotInvitable(faults)
        _forget_expired(principal.organization_id, wanted)
        return [_invite(principal, email, role, project_roles) for email in wanted]


def _require_within(principal: Principal, role: Role, project_roles: Mapping[uuid.UUID, Role]) -> None:
    require_within(held_for_good(principal, None), ORGANIZATION_ROLES[role], BEYOND)
    for project_id, project_role in project_roles.items():
        get_project(principal, P.MEMBERS_CREATE, project_id=str(project_id))
        require_within(held_for_good(principal, project_id), permissions_of([project_role]), BEYOND)


def _faults(organization_id: uuid.UUID, emails: Sequence[str]) -> dict[str, str]:
    members = Membership.objects.filter(organization_id=organization_id, project=None, member_type=ActorType.USER)
    already = User.objects.filter(email__in=emails, pk__in=members.values("member_id"))
    pending = open_invitations(organization_id).filter(email__in=emails, expires_at__gt=timezone.now())
    invited = dict.fromkeys(pending.values_list("email", flat=True), INVITED)
    return invited | dict.fromkeys(already.values_list("email", flat=True), "is a member already.")


def _forget_expired(organization_id: uuid.UUID, emails: Sequence[str]) -> None:
    open_invitations(organization_id).filter(email__in=emails).update(revoked_at=timezone.now())


def _invite(principal: Principal, email: str, role: Role, project_roles: Mapping[uuid.UUID, Role]) -> Sent:
    key = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organization_id=principal.organization_id,
        email=email,
        role=role,
        project_roles={str(project_id): project_role for project_id, project_role in project_roles.items()},
        digest=digests(key)[0],
        invited_by=principal.actor.name,
        expires_at=timezone.now() + LIFETIME,
    )
    roles = {"role": role, "projectRoles": invitation.project_roles}
    record(Event.INVITE_MEMBER, principal.actor, invitation, **roles)
    return Sent(invitation, key)


def send_again(principal: Principal, *, invitation_id: uuid.UUID) -> Sent:
    """Give an open invitation a new key and seven more days; the old link works no longer. Raises NotFound."""
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = _open(principal, invitation_id)
        invitation.digest, invitation.expires_at = digests(key)[0], timezone.now() + LIFETIME
        invitation.save(update_fields=["digest", "expires_at", "updated_at"])
        record(Event.RESEND_INVITATION, principal.actor, invitation)
    return Sent(invitation, key)


def revoke(principal: Principal, *, invitation_id: uuid.UUID) -> Invitation:
    """End an open invitation; its link works no longer. Raises NotFound."""
    with transaction.atomic():
        invitation = _open(principal, invitation_id)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at", "updated_at"])
        record(Event.REVOKE_INVITATION, principal.actor, invitation)
    return invitation


def get_open(principal: Principal, *, invitation_id: uuid.UUID) -> Invitation:
    """Return an open invitation of the organization, for those who may invite; raises NotFound."""
    invitation = list_open(principal).filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound(NO_SUCH_INVITATION)
    return invitation


def _open(principal: Principal, invitation_id: uuid.UUID) -> Invitation:
    """Return an open invitation for this transaction alone, to somebody who may give away what it gives."""
    principal = held_now(principal, P.MEMBERS_CREATE)
    invitation = list_open(principal).select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound(NO_SUCH_INVITATION)
    require_within(held_for_good(principal, None), ORGANIZATION_ROLES[Role(invitation.role)], BEYOND)
    return invitation


def is_pending(invitation: Invitation) -> bool:
    return invitation.state is InvitationState.PENDING


def record(event: Event, actor: Actor, invitation: Invitation, **metadata: Any) -> None:
    """Store an event about an invitation."""
    log.record(
        event,
        actor=actor,
        organization_id=invitation.organization_id,
        about=Subject(invitation.id, invitation.email),
        invitationId=str(invitation.id),
        email=invitation.email,
        **metadata,
    )
