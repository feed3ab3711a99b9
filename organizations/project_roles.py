"""Roles in a project, for people and machine identities alike.

Nobody gives more than they hold, nor for longer, and a project keeps an admin.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from organizations.access import Principal, permissions_of, require_within
from organizations.members import held_for_good
from organizations.models import Membership, MembershipRole, Project
from organizations.roles import PROJECT_ROLES, Role
from organizations.services import project_not_found
from wire.errors import BadRequest, NotFound

LAST_ADMIN = "The project needs at least one admin for good. Give the role to somebody else first."
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
RANGE = re.compile(r"([1-9][0-9]{0,5})\s?([smhdwy])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Given:
    """A role as it is asked for. A temporary one has a length such as `1h` and a start."""

    role: str
    is_temporary: bool = False
    temporary_range: str | None = None
    starts_at: datetime | None = None


def as_given(held: MembershipRole) -> Given:
    """Return a role that is held as one that is asked for, to keep it as it is."""
    return Given(held.role, held.temporary_mode is not None, held.temporary_range, held.starts_at)


def checked(
    principal: Principal, project: Project, roles: Sequence[Given], *, beyond: str, none_for_good: str
) -> list[dict[str, Any]]:
    """Return the roles as fields of MembershipRole.

    Raises NotFound for a role that does not exist, BadRequest for a set that makes no sense (with `none_for_good`
    for one without a permanent role), and BeyondPrivileges (with `beyond`) for more than the principal has.
    """
    if any(given.role not in PROJECT_ROLES for given in roles):
        raise NotFound("One or more custom roles not found")
    if all(given.is_temporary for given in roles):
        raise BadRequest(none_for_good)
    granted = permissions_of(Role(given.role) for given in roles)
    require_within(held_for_good(principal, project.id), granted, beyond)
    return [_fields(given) for given in roles]


def _fields(given: Given) -> dict[str, Any]:
    if not given.is_temporary:
        return {"role": given.role}
    length = RANGE.fullmatch(given.temporary_range or "")
    if length is None or given.starts_at is None:
        raise BadRequest("Temporary role must have access start time and range")
    amount, unit = length.groups()
    try:
        starts_at = given.starts_at.astimezone(UTC)
        ends_at = starts_at + timedelta(seconds=int(amount) * UNITS[unit])
    except OverflowError:
        raise BadRequest("Temporary role must start and end between the years 1 and 9999") from None
    return {
        "role": given.role,
        "temporary_mode": "relative",
        "temporary_range": given.temporary_range,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }


def lock_members(project: Project) -> None:
    """Make changes of a project's members wait for each other; raises NotFound when the project is gone.

    The first lock of such a transaction, before that of any membership.
    """
    if not Project.objects.select_for_update(no_key=True).filter(pk=project.pk).exists():
        raise project_not_found(project.id)


def keep_an_admin(leaving: Membership, fields: Sequence[Mapping[str, Any]] = ()) -> None:
    """Raise BadRequest when a membership with these new roles, or without any, leaves a project without an admin.

    An admin for a while is none. Call it once the members are locked.
    """
    if {"role": Role.ADMIN} in fields:
        return
    admins = MembershipRole.objects.filter(
        membership__project=leaving.project_id, role=Role.ADMIN, ends_at__isnull=True
    )
    if admins.filter(membership=leaving).exists() and not admins.exclude(membership=leaving).exists():
        raise BadRequest(LAST_ADMIN)
