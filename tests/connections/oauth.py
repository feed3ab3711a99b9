"""OAuth against the sandbox: the operator's client there, and codes and grants of it."""

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application

CALLBACK = "http://127.0.0.1:8000/organization/app-connections/gitlab/oauth/callback"
SCOPES = ("api", "read_repository")


def configure(settings: Any, gitlab: Sandbox, application: Application | None = None) -> Application:
    """Make the sandbox the instance of the environment's OAuth client; returns the application there."""
    application = application or gitlab.application(redirect_uris=[CALLBACK], scopes=SCOPES)
    settings.APP_CONNECTION_VARIABLES = variables(gitlab, application)
    return application


def variables(gitlab: Sandbox, application: Application) -> dict[str, str]:
    """Return the environment of a service whose OAuth client is this application."""
    return {
        "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_ID": application.client_id,
        "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_SECRET": application.client_secret,
        "INF_APP_CONNECTION_GITLAB_OAUTH_INSTANCE_URL": gitlab.url,
    }


def code(gitlab: Sandbox, application: Application, *, user: str = "ann", scopes: Sequence[str] = ("api",)) -> str:
    """Return an authorization code, as a browser brings it back to the newest redirect URI of the application."""
    asked = {
        "client_id": application.client_id,
        "redirect_uri": application.redirect_uris[-1],
        "response_type": "code",
        "scope": " ".join(scopes),
        "state": secrets.token_hex(8),
    }
    address = gitlab.approve(f"{gitlab.url}/oauth/authorize?{urlencode(asked)}", user)
    return address.partition("code=")[2].partition("&")[0]


def token_requests(gitlab: Sandbox) -> int:
    """Return how many refreshes GitLab was asked for."""
    return sum("grant_type=refresh_token" in request.body.decode() for request in gitlab.requests)
