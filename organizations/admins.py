"""An organization always keeps an admin who can get in: a person who can sign in, or a machine that can log in."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from audit.actors import ActorType
from organizations.models import Membership, MembershipRole, Organization
from organizations.roles import Role
from wire.errors import BadRequest

LAST_ADMIN = "The organization needs at least one admin. Give the role to somebody else first."

# Every way to get in: the type of the members who have it, and a query for their ids. Apps above add theirs.
WAYS_IN: list[tuple[ActorType, Callable[[], QuerySet[Any, Any]]]] = []


def register_way_in(member_type: ActorType, ids: Callable[[], QuerySet[Any, Any]]) -> None:
    """Say which members can sign in or log in: `ids` returns a query of their ids. Called when apps are ready."""
    WAYS_IN.append((member_type, ids))


def lock_roles(organization_id: uuid.UUID) -> None:
    """Make changes of an organization's members wait for each other. The first lock of such a transaction."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization_id)


def keep_an_admin(leaving: Membership) -> None:
    """Raise BadRequest when nobody else would be admin of the organization for good and able to get in.

    Call it inside the transaction that takes the role away; it waits for other changes of the members.
    """
    lock_roles(leaving.organization_id)
    admins = MembershipRole.objects.filter(
        membership__organization_id=leaving.organization_id, membership__project__isnull=True, role=Role.ADMIN
    )
    if not admins.filter(membership=leaving).exists():
        return
    others = admins.exclude(membership=leaving).filter(starts_at__isnull=True, ends_at__isnull=True)
    if not others.filter(_can_get_in()).exists():
        raise BadRequest(LAST_ADMIN)


def _can_get_in() -> Q:
    none = Q(pk__in=[])
    for member_type, ids in WAYS_IN:
        none |= Q(membership__member_type=member_type, membership__member_id__in=ids())
    return none
