"""What happens to a person's own account, in the audit log of every organization that they belong to.

An account belongs to nobody but its person, so an event of one that is in no organization is the operator's alone.
"""

import uuid
from typing import Any

from django.db import transaction

from audit import log
from audit.actors import Actor, ActorType, stranger
from audit.events import Event
from audit.subjects import Subject
from organizations.models import Membership, User
from wire.origin import Origin

NOBODY = uuid.UUID(int=0)


def record(event: Event, *, user: User, actor: Actor, **metadata: Any) -> None:
    """Store one event about a person, once for each of their organizations. Never pass a secret."""
    with transaction.atomic():
        for organization_id in _organizations_of(user.id):
            log.record(
                event,
                actor=actor,
                organization_id=organization_id,
                about=Subject(user.id, user.email),
                **metadata,
            )


def record_own(event: Event, *, user: User, origin: Origin, **metadata: Any) -> None:
    """The same for what the person did themselves."""
    record(event, user=user, actor=Actor(ActorType.USER, user.id, user.email, origin), **metadata)


def record_failure(*, user: User | None, origin: Origin, **metadata: Any) -> None:
    """Store that somebody tried to sign in and could not. `user` is whose account they tried, None for nobody's.

    Nobody's costs the same, so that the time an answer takes does not tell whose addresses are known here. What
    was typed is not kept: it may be a password in the wrong field.
    """
    organizations = _organizations_of(user.id if user else NOBODY)
    with transaction.atomic():
        for organization_id in organizations:
            log.record(
                Event.SIGN_IN_USER_FAILED,
                actor=stranger(origin),
                organization_id=organization_id,
                about=Subject(user.id, user.email) if user else None,
                **metadata,
            )


def _organizations_of(user_id: uuid.UUID) -> list[uuid.UUID | None]:
    """Return the organizations that somebody is in; [None] for who is in none."""
    memberships = Membership.objects.filter(member_type=ActorType.USER, member_id=user_id, project=None)
    return list(memberships.order_by("created_at").values_list("organization_id", flat=True)) or [None]
