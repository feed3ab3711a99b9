"""What can be done with organizations and projects. Each change commits together with its audit event."""

import re
import secrets
import unicodedata
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import log
from audit.actors import Actor, ActorType
from audit.events import Event
from audit.subjects import Subject
from organizations.access import Principal, require
from organizations.models import Membership, MembershipRole, Organization, Project
from organizations.roles import PROJECT_ROLES, Permission, Role
from wire.errors import BadRequest, Forbidden, NotFound
from wire.ids import parse_uuid
from wire.unique import unless_taken

DEFAULT_ENVIRONMENTS = (("Development", "dev"), ("Staging", "staging"), ("Production", "prod"))


def slugified(name: str) -> str:
    """Return `name` in lower-case ASCII letters, digits and single hyphens; may be empty."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")


def unique_slug(name: str) -> str:
    """Return a slug made of `name` and four random characters."""
    return f"{slugified(name)[:50].rstrip('-') or 'unnamed'}-{secrets.token_hex(2)}"


def create_organization(*, name: str) -> Organization:
    """Store an organization. Call it inside a transaction that records why."""
    return Organization.objects.create(name=name, slug=unique_slug(name))


def add_member(
    *,
    organization_id: uuid.UUID,
    project: Project | None,
    member_type: ActorType,
    member_id: uuid.UUID,
    roles: Iterable[dict[str, Any]],
) -> Membership:
    """Store a membership with its roles (fields of MembershipRole). Call it inside a transaction."""
    membership = Membership.objects.create(
        organization_id=organization_id, project=project, member_type=member_type, member_id=member_id
    )
    set_roles(membership, roles)
    return membership


def set_roles(membership: Membership, roles: Iterable[dict[str, Any]]) -> list[MembershipRole]:
    """Replace the roles of a membership. Call it inside a transaction."""
    membership.roles.all().delete()
    return MembershipRole.objects.bulk_create(MembershipRole(membership=membership, **role) for role in roles)


def principal_of(actor: Actor, organization_id: uuid.UUID, now: datetime | None = None) -> Principal | None:
    """Return the actor with the roles they hold in one organization; None for somebody who is not in it."""
    now = now or timezone.now()
    if actor.id is None:
        return None
    organization_role: Role | None = None
    project_roles: dict[uuid.UUID, frozenset[Role]] = {}
    memberships = Membership.objects.filter(
        member_type=actor.type, member_id=actor.id, organization_id=organization_id
    ).prefetch_related("roles")
    for membership in memberships:
        held = frozenset(Role(role.role) for role in membership.roles.all() if is_active(role, now))
        if membership.project_id is None:
            organization_role = next(iter(held), Role.NO_ACCESS)
        else:
            project_roles[membership.project_id] = held
    if organization_role is None:
        return None
    return Principal(actor, organization_id, organization_role, project_roles)


def is_active(role: MembershipRole, now: datetime) -> bool:
    """Tell whether a role counts at this moment: a permanent one always, a temporary one in its time."""
    return (role.starts_at is None or role.starts_at <= now) and (role.ends_at is None or now < role.ends_at)


def project_not_found(reference: uuid.UUID | str) -> NotFound:
    return NotFound(f"Could not find project with ID {reference}")


def no_project_with_slug(slug: str) -> NotFound:
    return NotFound(f"Could not find project with slug {slug}")


def get_project(principal: Principal, permission: Permission, *, project_id: str) -> Project:
    """Return a project of the principal's that they hold `permission` in; raises NotFound, PermissionDenied."""
    return _let_in(principal, permission, _by_id(project_id), project_not_found(project_id))


def get_project_by_slug(principal: Principal, permission: Permission, *, slug: str) -> Project:
    """The same by slug, within the principal's organization."""
    project = Project.objects.filter(organization_id=principal.organization_id, slug=slug).first()
    return _let_in(principal, permission, project, no_project_with_slug(slug))


def _by_id(project_id: str) -> Project | None:
    known = parse_uuid(project_id)
    return Project.objects.filter(pk=known).first() if known else None


def _let_in(principal: Principal, permission: Permission, project: Project | None, missing: NotFound) -> Project:
    if project is None:
        raise missing
    require(
        principal,
        permission,
        organization_id=project.organization_id,
        project_id=project.id,
        missing=missing,
    )
    return project


def list_projects(principal: Principal) -> list[Project]:
    """Return the projects that the principal is a member of and may see, by name."""
    visible = [
        project_id
        for project_id in principal.project_roles
        if Permission.PROJECTS_READ in principal.permissions(project_id)
    ]
    return list(Project.objects.filter(pk__in=visible).order_by("name", "slug"))


def create_project(
    principal: Principal,
    *,
    name: str,
    slug: str | None,
    description: str | None,
    kind: str,
    with_default_environments: bool,
    has_delete_protection: bool,
    kms_key_id: str | None,
) -> Project:
    """Store a project and make the caller its admin. Raises Forbidden, and BadRequest when the slug is taken."""
    if Permission.PROJECTS_CREATE not in principal.permissions(None):
        raise Forbidden("You don't have permission to create a project")
    project = Project(
        organization_id=principal.organization_id,
        name=name,
        slug=slug or unique_slug(name),
        description=description or None,
        type=kind,
        environments=default_environments() if with_default_environments else [],
        has_delete_protection=has_delete_protection,
        kms_key_id=kms_key_id or None,
    )
    actor = principal.actor
    if actor.id is None:
        raise Forbidden("You don't have permission to create a project")
    taken = BadRequest(
        f'A project with the slug "{project.slug}" already exists in your organization. '
        "Please choose a different name or slug."
    )
    with unless_taken(taken), transaction.atomic():
        project.save(force_insert=True)
        add_member(
            organization_id=project.organization_id,
            project=project,
            member_type=actor.type,
            member_id=actor.id,
            roles=[{"role": Role.ADMIN}],
        )
        _record(Event.CREATE_PROJECT, principal, project, name=project.name, slug=project.slug)
    return project


def default_environments() -> list[dict[str, str]]:
    return [{"id": str(uuid.uuid4()), "name": name, "slug": slug} for name, slug in DEFAULT_ENVIRONMENTS]


def update_project(principal: Principal, *, project_id: str, changes: dict[str, Any]) -> Project:
    """Change `name`, `slug`, `description` or `has_delete_protection` of a project."""
    project = get_project(principal, Permission.PROJECTS_EDIT, project_id=project_id)
    if changes.get("description") == "":
        changes = {**changes, "description": None}
    taken = BadRequest(
        f'Failed to update project. A project with the slug "{changes.get("slug")}" already exists in your '
        "organization. Please choose a different slug."
    )
    with unless_taken(taken), transaction.atomic():
        return _changed(principal, project, changes, project_not_found(project_id))


def set_audit_logs_retention(principal: Principal, *, slug: str, days: int) -> Project:
    """Say for how many days the audit log of a project is to be kept; for its admins only."""
    project = get_project_by_slug(principal, Permission.PROJECTS_READ, slug=slug)
    if principal.permissions(project.id) != PROJECT_ROLES[Role.ADMIN]:
        raise Forbidden("Insufficient privileges, only admins are allowed to take this action")
    changes = {"audit_logs_retention_days": days}
    with transaction.atomic():
        return _changed(principal, project, changes, no_project_with_slug(slug))


def _changed(principal: Principal, project: Project, changes: dict[str, Any], missing: NotFound) -> Project:
    """Store the changed fields and no others, so that two changes at once both stay."""
    project = _locked(project, missing)
    for field, value in changes.items():
        setattr(project, field, value)
    project.save(update_fields=[*changes, "updated_at"])
    _record(Event.UPDATE_PROJECT, principal, project, changed=sorted(changes))
    return project


def _locked(project: Project, missing: NotFound) -> Project:
    """Read a project again, for this transaction alone; raises `missing` when it is gone."""
    locked = Project.objects.select_for_update().filter(pk=project.pk).first()
    if locked is None:
        raise missing
    return locked


def delete_project(principal: Principal, *, slug: str) -> Project:
    """Delete a project with its memberships and connections; returns what it was."""
    project = get_project_by_slug(principal, Permission.PROJECTS_DELETE, slug=slug)
    return _deleted(principal, project, no_project_with_slug(slug))


def delete_project_named(principal: Principal, *, project_id: str, name: str) -> Project:
    """The same by id, for whoever types the project's name to be sure; raises BadRequest for another name."""
    project = get_project(principal, Permission.PROJECTS_DELETE, project_id=project_id)
    return _deleted(principal, project, project_not_found(project_id), name)


def _deleted(principal: Principal, project: Project, missing: NotFound, name: str | None = None) -> Project:
    project_id = project.id
    with transaction.atomic():
        project = _locked(project, missing)
        if project.has_delete_protection:
            raise Forbidden("Project delete protection is enabled")
        if name is not None and name != project.name:
            raise BadRequest("This is not the name of the project.")
        _record(Event.DELETE_PROJECT, principal, project, name=project.name, slug=project.slug)
        project.delete()
    project.id = project_id
    return project


def _record(event: Event, principal: Principal, project: Project, **metadata: Any) -> None:
    log.record(
        event,
        actor=principal.actor,
        organization_id=project.organization_id,
        project_id=project.id,
        about=Subject(project.id, project.name),
        **metadata,
    )
