"""What pages say of the roles in a project."""

from collections.abc import Mapping

from organizations.roles import Role

IN_PROJECT: Mapping[Role, str] = {
    Role.ADMIN: "Everything in the project: its connections, members and settings",
    Role.MEMBER: "Uses the project's connections, sees its members",
    Role.VIEWER: "Sees the project and its members",
    Role.NO_ACCESS: "Nothing yet",
}
