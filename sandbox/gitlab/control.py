"""What of a GitLab can be called over HTTP."""

from datetime import date
from typing import TYPE_CHECKING

from sandbox.control import Control
from sandbox.gitlab.applications import Application, OAuthToken
from sandbox.gitlab.state import AccessToken, Group, Project, User

if TYPE_CHECKING:
    from sandbox.gitlab.sandbox import Sandbox

METHODS = (
    "application",
    "approve",
    "block",
    "delete_application",
    "deny",
    "grant",
    "group",
    "group_token",
    "personal_token",
    "project",
    "project_token",
    "revoke",
    "unblock",
    "user",
)
SHOWN: dict[type[object], tuple[str, ...]] = {
    AccessToken: ("id", "value", "name", "scopes", "kind", "expires_at"),
    Application: ("client_id", "client_secret", "name", "redirect_uris", "scopes"),
    Group: ("id", "full_path"),
    OAuthToken: ("access_token", "refresh_token", "scopes", "created_at"),
    Project: ("id", "path_with_namespace"),
    User: ("id", "username", "password"),
}


def control(sandbox: "Sandbox") -> Control:
    """`expires_at` is a date, `application` a client id."""
    return Control(
        methods=METHODS,
        shown=SHOWN,
        read={
            "expires_at": lambda text: date.fromisoformat(text) if text else None,
            "application": sandbox.find_application,
        },
    )
