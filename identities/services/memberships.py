"""Machine identities as members of projects."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from audit import log
from audit.actors import ActorType
from audit.events import Event
from audit.subjects import Subject
from identities.models import AUTH_METHODS, Identity
from identities.services import identities
from identities.services.identities import as_uuid
from organizations.access import Principal, permissions_of, require, require_within
from organizations.models import Membership, MembershipRole, Project
from organizations.roles import PROJECT_ROLES, Permission, Role
from organizations.services import add_member, get_project, set_roles
from wire.errors import BadRequest, NotFound
from wire.unique import unless_taken

P = Permission
LAST_ADMIN = "The project needs at least one admin for good. Give the role to somebody else first."
NO_MEMBERSHIP = "Identity doesn't have membership"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
RANGE = re.compile(r"([1-9][0-9]{0,5})\s?([smhdwy])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Given:
    """A role as it is asked for. A temporary one has a length such as `1h` and a start."""

    role: str
    is_temporary: bool = False
    temporary_range: str | None = None
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProjectMember:
    """An identity with its place in a project."""

    identity: Identity
    membership: Membership


def not_a_member(project_id: str, identity_id: str) -> NotFound:
    return NotFound(f"Identity with ID {identity_id} is not a member of project with ID {project_id}")


def add(principal: Principal, *, project_id: str, identity_id: str, roles: Sequence[Given]) -> ProjectMember:
    """Make an identity of the organization a member of a project; raises BadRequest when it is one."""
    project = get_project(principal, P.MEMBERS_CREATE, project_id=project_id)
    identity = _identity(principal, identity_id)
    fields = _checked(principal, project, roles, "Failed to assign to role")
    taken = BadRequest(f"Identity with ID {identity_id} already exists in project with ID {project_id}")
    with unless_taken(taken), transaction.atomic():
        if not Identity.objects.select_for_update(no_key=True).filter(pk=identity.pk).exists():
            raise NotFound(f"Failed to find identity with id {identity_id}")
        membership = add_member(
            organization_id=project.organization_id,
            project=project,
            member_type=ActorType.IDENTITY,
            member_id=identity.id,
            roles=fields,
        )
        member = ProjectMember(identity, membership)
        _record(Event.ADD_PROJECT_IDENTITY, principal, member, roles=[given.role for given in roles])
    return member


def _identity(principal: Principal, identity_id: str) -> Identity:
    found = Identity.objects.filter(pk=as_uuid(identity_id), organization_id=principal.organization_id).first()
    if found is None:
        raise NotFound(f"Failed to find identity with id {identity_id}")
    return found


def _checked(principal: Principal, project: Project, roles: Sequence[Given], refused: str) -> list[dict[str, Any]]:
    """Return the roles as fields of MembershipRole.

    Raises NotFound for a role that does not exist, BadRequest for a set that makes no sense, and BeyondPrivileges
    (with `refused`) for more than the principal has.
    """
    if any(given.role not in PROJECT_ROLES for given in roles):
        raise NotFound("One or more custom roles not found")
    if all(given.is_temporary for given in roles):
        raise BadRequest("Identity must have at least one permanent role")
    granted = permissions_of(Role(given.role) for given in roles)
    require_within(_held_for_good(principal, project), granted, refused)
    return [_fields(given) for given in roles]


def _held_for_good(principal: Principal, project: Project) -> frozenset[Permission]:
    """Return what the principal may do in a project by permanent roles: nobody outlasts a temporary one by it."""
    roles = MembershipRole.objects.filter(
        membership__project=project,
        membership__member_type=principal.actor.type,
        membership__member_id=str(principal.actor.id),
        starts_at__isnull=True,
        ends_at__isnull=True,
    )
    return permissions_of(Role(role) for role in roles.values_list("role", flat=True))


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


def get(principal: Principal, *, project_id: str, identity_id: str) -> ProjectMember:
    """Return one member of a project; raises NotFound."""
    project = get_project(principal, P.MEMBERS_READ, project_id=project_id)
    found = _members(project).filter(member_id=as_uuid(identity_id)).first()
    if found is None:
        raise not_a_member(project_id, identity_id)
    return _with_identity(found)


def get_by_id(principal: Principal, *, membership_id: str) -> ProjectMember:
    """Return one member of any of the principal's projects by the id of the membership; raises NotFound."""
    missing = NotFound(f"Failed to find project identity membership with ID {membership_id}")
    rows = Membership.objects.filter(pk=as_uuid(membership_id), project__isnull=False)
    found = _complete(rows).filter(member_type=ActorType.IDENTITY).first()
    if found is None:
        raise missing
    require(
        principal,
        P.MEMBERS_READ,
        organization_id=found.organization_id,
        project_id=found.project_id,
        missing=missing,
    )
    return _with_identity(found)


def _members(project: Project) -> QuerySet[Membership]:
    return _complete(Membership.objects.filter(project=project, member_type=ActorType.IDENTITY))


def _complete(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    return memberships.select_related("project").prefetch_related("roles")


def _with_identity(membership: Membership) -> ProjectMember:
    return ProjectMember(Identity.objects.select_related(*AUTH_METHODS).get(pk=membership.member_id), membership)


def list_members(
    principal: Principal, *, project_id: str, search: str, order_by: str, descending: bool, offset: int, limit: int
) -> tuple[list[ProjectMember], int]:
    """Return a page of a project's identities whose names contain `search`, and how many there are in all."""
    project = get_project(principal, P.MEMBERS_READ, project_id=project_id)
    member_ids = _members(project).values("member_id")
    found = Identity.objects.filter(pk__in=member_ids, name__icontains=search).select_related(*AUTH_METHODS)
    page = found.order_by(f"{'-' if descending else ''}{order_by}", "id")[offset : offset + limit]
    places = _members(project).filter(member_id__in=[identity.id for identity in page])
    by_member = {place.member_id: place for place in places}
    return [ProjectMember(row, by_member[row.id]) for row in page if row.id in by_member], found.count()


def of_identity(principal: Principal, *, identity_id: str) -> list[ProjectMember]:
    """Return an identity's places in the projects whose members the principal may see."""
    identity = identities.find(principal, P.IDENTITIES_READ, identity_id=identity_id)
    rows = _visible(principal).filter(member_id=identity.id)
    return [ProjectMember(identity, row) for row in _complete(rows).order_by("project__name", "id")]


def counts(principal: Principal, identity_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return in how many of those projects each identity is; one that is in none is absent. One query."""
    rows = _visible(principal).filter(member_id__in=identity_ids).values_list("member_id")
    return dict(rows.annotate(projects=Count("id")))


def _visible(principal: Principal) -> QuerySet[Membership]:
    """Return the places of identities in the projects whose members the principal may see."""
    visible = [key for key in principal.project_roles if P.MEMBERS_READ in principal.permissions(key)]
    return Membership.objects.filter(member_type=ActorType.IDENTITY, project_id__in=visible)


def update(principal: Principal, *, project_id: str, identity_id: str, roles: Sequence[Given]) -> ProjectMember:
    """Replace the roles of a member; raises BadRequest for an identity that is none."""
    project = get_project(principal, P.MEMBERS_EDIT, project_id=project_id)
    member = _existing(project, identity_id)
    fields = _checked(principal, project, roles, "Failed to change to a more privileged role")
    with transaction.atomic():
        if not _row(member.membership.id).select_for_update().exists():
            raise BadRequest(NO_MEMBERSHIP)
        _keep_an_admin(project, member.membership, fields)
        set_roles(member.membership, fields)
        _record(Event.UPDATE_PROJECT_IDENTITY, principal, member, roles=[given.role for given in roles])
    return ProjectMember(member.identity, _complete(_row(member.membership.id)).get())


def _keep_an_admin(project: Project, changing: Membership, fields: Sequence[Mapping[str, Any]]) -> None:
    """Raise BadRequest when new roles leave a project without a permanent admin. Call it inside a transaction."""
    if {"role": Role.ADMIN} in fields:
        return
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    admins = MembershipRole.objects.filter(membership__project=project, role=Role.ADMIN, ends_at__isnull=True)
    if admins.filter(membership=changing).exists() and not admins.exclude(membership=changing).exists():
        raise BadRequest(LAST_ADMIN)


def remove(principal: Principal, *, project_id: str, identity_id: str) -> ProjectMember:
    """Take an identity out of a project; returns what it was. Raises BadRequest for none, and for oneself."""
    project = get_project(principal, P.MEMBERS_DELETE, project_id=project_id)
    member = _existing(project, identity_id)
    if member.identity.id == principal.actor.id:
        raise BadRequest("You can't delete your own membership")
    membership_id = member.membership.id
    with transaction.atomic():
        _record(Event.REMOVE_PROJECT_IDENTITY, principal, member)
        _row(membership_id).delete()
    return member


def _existing(project: Project, identity_id: str) -> ProjectMember:
    found = _members(project).filter(member_id=as_uuid(identity_id)).first()
    if found is None:
        raise BadRequest(NO_MEMBERSHIP)
    return _with_identity(found)


def _row(membership_id: uuid.UUID) -> QuerySet[Membership]:
    return Membership.objects.filter(pk=membership_id)


def _record(event: Event, principal: Principal, member: ProjectMember, **metadata: Any) -> None:
    log.record(
        event,
        actor=principal.actor,
        organization_id=member.membership.organization_id,
        project_id=member.membership.project_id,
        about=Subject(member.identity.id, member.identity.name),
        identityId=str(member.identity.id),
        identityName=member.identity.name,
        **metadata,
    )
