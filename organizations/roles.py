"""What each role may do: one table, for people and machine identities alike."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """`resource:action`, alphabetically. Seeing, using, changing, re-keying and drawing are five rights."""

    AUDIT_READ = "audit:read"
    CONNECTIONS_CONNECT = "connections:connect"
    CONNECTIONS_CREATE = "connections:create"
    CONNECTIONS_DELETE = "connections:delete"
    CONNECTIONS_DRAW = "connections:draw"
    CONNECTIONS_EDIT = "connections:edit"
    CONNECTIONS_EDIT_CREDENTIALS = "connections:edit-credentials"
    CONNECTIONS_READ = "connections:read"
    IDENTITIES_CREATE = "identities:create"
    IDENTITIES_DELETE = "identities:delete"
    IDENTITIES_EDIT = "identities:edit"
    IDENTITIES_READ = "identities:read"
    INSTANCES_EDIT = "instances:edit"
    INSTANCES_READ = "instances:read"
    MEMBERS_CREATE = "members:create"
    MEMBERS_DELETE = "members:delete"
    MEMBERS_EDIT = "members:edit"
    MEMBERS_READ = "members:read"
    ORGANIZATION_EDIT = "organization:edit"
    PROJECTS_CREATE = "projects:create"
    PROJECTS_DELETE = "projects:delete"
    PROJECTS_EDIT = "projects:edit"
    PROJECTS_JOIN = "projects:join"
    PROJECTS_READ = "projects:read"


class Role(StrEnum):
    """A role; which of them exist depends on whether it is held in an organization or in a project."""

    ADMIN = "admin"
    MEMBER = "member"
    NO_ACCESS = "no-access"
    VIEWER = "viewer"


P = Permission

CONNECTION_PERMISSIONS = frozenset(
    {
        P.CONNECTIONS_CONNECT,
        P.CONNECTIONS_CREATE,
        P.CONNECTIONS_DELETE,
        P.CONNECTIONS_DRAW,
        P.CONNECTIONS_EDIT,
        P.CONNECTIONS_EDIT_CREDENTIALS,
        P.CONNECTIONS_READ,
    }
)

ORGANIZATION_ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: CONNECTION_PERMISSIONS
    | {
        P.AUDIT_READ,
        P.IDENTITIES_CREATE,
        P.IDENTITIES_DELETE,
        P.IDENTITIES_EDIT,
        P.IDENTITIES_READ,
        P.INSTANCES_EDIT,
        P.INSTANCES_READ,
        P.MEMBERS_CREATE,
        P.MEMBERS_DELETE,
        P.MEMBERS_EDIT,
        P.MEMBERS_READ,
        P.ORGANIZATION_EDIT,
        P.PROJECTS_CREATE,
        P.PROJECTS_JOIN,
        P.PROJECTS_READ,
    },
    # To connect, a member has to know which instances there are.
    Role.MEMBER: frozenset(
        {P.CONNECTIONS_CONNECT, P.IDENTITIES_READ, P.INSTANCES_READ, P.MEMBERS_READ, P.PROJECTS_CREATE}
    ),
    Role.NO_ACCESS: frozenset(),
}

PROJECT_ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: CONNECTION_PERMISSIONS
    | {
        P.AUDIT_READ,
        P.MEMBERS_CREATE,
        P.MEMBERS_DELETE,
        P.MEMBERS_EDIT,
        P.MEMBERS_READ,
        P.PROJECTS_DELETE,
        P.PROJECTS_EDIT,
        P.PROJECTS_READ,
    },
    Role.MEMBER: frozenset({P.CONNECTIONS_CONNECT, P.MEMBERS_READ, P.PROJECTS_READ}),
    Role.VIEWER: frozenset({P.MEMBERS_READ, P.PROJECTS_READ}),
    Role.NO_ACCESS: frozenset(),
}

# The words of the contract's 403: (action in an organization, action in a project, subject).
WIRE_WORDS: Mapping[Permission, tuple[str, str, str]] = {
    P.AUDIT_READ: ("read", "read", "audit-logs"),
    P.CONNECTIONS_CONNECT: ("connect", "connect-app-connections", "app-connections"),
    P.CONNECTIONS_CREATE: ("create", "create-app-connections", "app-connections"),
    P.CONNECTIONS_DELETE: ("delete", "delete-app-connections", "app-connections"),
    P.CONNECTIONS_DRAW: ("draw", "draw-app-connections", "app-connections"),
    P.CONNECTIONS_EDIT: ("edit", "edit-app-connections", "app-connections"),
    P.CONNECTIONS_EDIT_CREDENTIALS: ("edit", "edit-app-connections", "app-connections"),
    P.CONNECTIONS_READ: ("read", "read-app-connections", "app-connections"),
    P.IDENTITIES_CREATE: ("create", "create", "identity"),
    P.IDENTITIES_DELETE: ("delete", "delete", "identity"),
    P.IDENTITIES_EDIT: ("edit", "edit", "identity"),
    P.IDENTITIES_READ: ("read", "read", "identity"),
    P.INSTANCES_EDIT: ("edit", "edit", "app-connection-instances"),
    P.INSTANCES_READ: ("read", "read", "app-connection-instances"),
    P.MEMBERS_CREATE: ("create", "create", "identity"),
    P.MEMBERS_DELETE: ("delete", "delete", "identity"),
    P.MEMBERS_EDIT: ("edit", "edit", "identity"),
    P.MEMBERS_READ: ("read", "read", "identity"),
    P.ORGANIZATION_EDIT: ("edit", "edit", "settings"),
    P.PROJECTS_CREATE: ("create", "create", "workspace"),
    P.PROJECTS_DELETE: ("delete", "delete", "workspace"),
    P.PROJECTS_EDIT: ("edit", "edit", "workspace"),
    P.PROJECTS_JOIN: ("join", "join", "workspace"),
    P.PROJECTS_READ: ("read", "read", "workspace"),
}
