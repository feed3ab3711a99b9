"""May this actor do this here? Outside one's scope 404, inside but too weak 403."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rest_framework.request import Request

from audit.actors import Actor
from organizations.roles import ORGANIZATION_ROLES, PROJECT_ROLES, WIRE_WORDS, Permission, Role
from wire.errors import BeyondPrivileges, NotFound, PermissionDenied

NO_PERMISSIONS: frozenset[Permission] = frozenset()


@dataclass(frozen=True, slots=True)
class Principal:
    """An actor with the roles they hold now, in one organization and in its projects.

    `project_roles` has an entry for each project that the actor is a member of, if with an empty set of roles.
    """

    actor: Actor
    organization_id: uuid.UUID
    organization_role: Role
    project_roles: Mapping[uuid.UUID, frozenset[Role]] = field(default_factory=dict)

    def permissions(self, project_id: uuid.UUID | None) -> frozenset[Permission]:
        """Return what the principal may do in the organization, or in one of its projects."""
        if project_id is None:
            return ORGANIZATION_ROLES.get(self.organization_role, NO_PERMISSIONS)
        return permissions_of(self.project_roles.get(project_id, ()))

    def projects_with(self, permission: Permission) -> frozenset[uuid.UUID]:
        """Return the projects in which the principal holds a permission."""
        return frozenset(one for one, roles in self.project_roles.items() if permission in permissions_of(roles))


def caller(request: Request) -> Principal:
    """Return who makes an authenticated API request."""
    principal: Principal = request.user  # type: ignore[assignment]  # our authentication puts a Principal there
    return principal


def permissions_of(project_roles: Iterable[Role]) -> frozenset[Permission]:
    """Return what several project roles allow together."""
    return NO_PERMISSIONS.union(*(PROJECT_ROLES.get(role, NO_PERMISSIONS) for role in project_roles))


def require(
    principal: Principal,
    permission: Permission,
    *,
    organization_id: uuid.UUID,
    project_id: uuid.UUID | None = None,
    missing: NotFound,
) -> None:
    """Let the principal pass, or raise.

    `missing` is raised when the place is outside the principal's scope; it must be the error that is raised
    when the thing does not exist. PermissionDenied is raised when only the permission is lacking.
    """
    if organization_id != principal.organization_id:
        raise missing
    if project_id is not None and project_id not in principal.project_roles:
        raise missing
    if permission not in principal.permissions(project_id):
        raise denied(permission, in_project=project_id is not None)


def require_organization(principal: Principal, permission: Permission) -> None:
    """Let the principal pass in its own organization, or raise PermissionDenied."""
    if permission not in principal.permissions(None):
        raise denied(permission, in_project=False)


def denied(permission: Permission, *, in_project: bool) -> PermissionDenied:
    """Return the contract's 403 for a lacking permission."""
    in_organization, project_action, subject = WIRE_WORDS[permission]
    action = project_action if in_project else in_organization
    rule = {"action": action, "inverted": False, "subject": subject, "conditions": {}}
    return PermissionDenied(f"You are not allowed to {action} on {subject}", details=[rule])


def require_at_least(
    principal: Principal, granted: Iterable[Permission], project_id: uuid.UUID | None, message: str
) -> None:
    """Refuse to give away more than the principal has: raises BeyondPrivileges with `message`."""
    require_within(principal.permissions(project_id), granted, message)


def require_within(held: frozenset[Permission], granted: Iterable[Permission], message: str) -> None:
    """Refuse to give away more than is held: raises BeyondPrivileges with `message`."""
    beyond = frozenset(granted) - held
    if beyond:
        raise BeyondPrivileges(message, details=[{"missingPermissions": sorted(beyond)}])
