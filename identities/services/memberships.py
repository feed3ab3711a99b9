"""Machine identities as members of projects."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
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
from organizations.access import Principal, require
from organizations.models import Membership, Project
from organizations.project_roles import Given, checked, keep_an_admin, lock_members
from organizations.roles import Permission
from organizations.services import add_member, get_project, set_roles
from wire.errors import BadRequest, NotFound
from wire.unique import unless_taken

P = Permission
NO_MEMBERSHIP = "Identity doesn't have membership"


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


def _checked(principal: Principal, project: Project, roles: Sequence[Given], beyond: str) -> list[dict[str, Any]]:
    return checked(
        principal, project, roles, beyond=beyond, none_for_good="Identity must have at least one permanent role"
    )


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
        lock_members(project)
        if not _row(member.membership.id).select_for_update().exists():
            raise BadRequest(NO_MEMBERSHIP)
        keep_an_admin(member.membership, fields)
        set_roles(member.membership, fields)
        _record(Event.UPDATE_PROJECT_IDENTITY, principal, member, roles=[given.role for given in roles])
    return ProjectMember(member.identity, _complete(_row(member.membership.id)).get())


def remove(principal: Principal, *, project_id: str, identity_id: str) -> ProjectMember:
    """Take an identity out of a project; returns what it was.

    Raises BadRequest for none, for oneself, and for the last admin.
    """
    project = get_project(principal, P.MEMBERS_DELETE, project_id=project_id)
    member = _existing(project, identity_id)
    if member.identity.id == principal.actor.id:
        raise BadRequest("You can't delete your own membership")
    membership_id = member.membership.id
    with transaction.atomic():
        lock_members(project)
        if not _row(membership_id).select_for_update().exists():
            raise BadRequest(NO_MEMBERSHIP)
        keep_an_admin(member.membership)
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
