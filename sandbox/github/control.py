"""What of a GitHub can be called over HTTP."""

from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.control import Control
from sandbox.github.applications import App, OAuthApplication
from sandbox.github.installations import Installation
from sandbox.github.state import Environment, Organization, Repository, User
from sandbox.github.tokens import Token

if TYPE_CHECKING:
    from sandbox.github.sandbox import Sandbox

METHODS = (
    "app",
    "approve",
    "create_from_manifest",
    "delete_application",
    "deny",
    "grant",
    "install",
    "install_in_browser",
    "oauth_application",
    "organization",
    "personal_token",
    "reinstall",
    "repository",
    "require_approval",
    "revoke",
    "skew",
    "suspend",
    "uninstall",
    "unsuspend",
    "user",
)
APPLICATION = ("client_id", "client_secret", "name", "callback_urls")
SHOWN: dict[type[object], tuple[str, ...]] = {
    App: (*APPLICATION, "id", "slug", "private_key", "permissions", "expiring"),
    Environment: ("id", "name"),
    Installation: ("id", "account", "target_type", "permissions", "repository_selection", "suspended_at"),
    OAuthApplication: APPLICATION,
    Organization: ("id", "login", "type"),
    Repository: ("id", "full_name", "private", "environments"),
    Token: ("value", "access_token", "refresh_token", "scopes", "expires_at"),
    User: ("id", "login", "type", "password"),
}


def control(sandbox: "Sandbox") -> Control:
    """`expires_at` is a moment of ISO 8601, `application` and `app` are client ids, `installation` is a number."""
    return Control(
        methods=METHODS,
        shown=SHOWN,
        read={
            "expires_at": lambda text: datetime.fromisoformat(text) if text else None,
            "application": sandbox.find_application,
            "app": sandbox.find_app,
            "installation": sandbox.find_installation,
        },
    )
