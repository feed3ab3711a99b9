"""`/-/sandbox/...`: the methods of `Sandbox` over HTTP, for another process.

`POST /-/sandbox/{method}` with its arguments as JSON, `GET /-/sandbox/requests` for what was recorded;
always at the root of the host, also where GitLab is served below a path.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from sandbox.gitlab.applications import Application, OAuthToken
from sandbox.gitlab.recording import RecordedRequest
from sandbox.gitlab.state import AccessToken, Group, Project, User

if TYPE_CHECKING:
    from sandbox.gitlab.sandbox import Sandbox

METHODS = (
    "application",
    "approve",
    "behave",
    "block",
    "clear_requests",
    "delete_application",
    "deny",
    "grant",
    "group",
    "group_token",
    "misbehave",
    "personal_token",
    "project",
    "project_token",
    "revoke",
    "travel",
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


def routes(sandbox: "Sandbox") -> Blueprint:
    control = Blueprint("control", __name__, url_prefix="/-/sandbox")
    control.add_url_rule("/requests", "requests", lambda: requests(sandbox))
    control.add_url_rule("/<method>", "call", lambda method: call(sandbox, method), methods=["POST"])
    return control


def requests(sandbox: "Sandbox") -> Response:
    return jsonify([shown_request(recorded) for recorded in sandbox.requests])


def call(sandbox: "Sandbox", method: str) -> tuple[Response, int]:
    if method not in METHODS:
        return jsonify(error=f"there are: {', '.join(METHODS)}"), 404
    try:
        result = getattr(sandbox, method)(**arguments(sandbox, request.get_json(silent=True) or {}))
    except (KeyError, TypeError, ValueError) as error:
        return jsonify(error=str(error)), 400
    return jsonify(shown(result)), 200


def arguments(sandbox: "Sandbox", sent: dict[str, Any]) -> dict[str, Any]:
    """The arguments as Python takes them: a date for `expires_at`, the application for its client id."""
    if sent.get("expires_at"):
        sent["expires_at"] = date.fromisoformat(sent["expires_at"])
    if "application" in sent:
        sent["application"] = sandbox.find_application(sent["application"])
    return sent


def shown(result: object) -> Any:
    names = SHOWN.get(type(result), ())
    values = {name: getattr(result, name) for name in names}
    if isinstance(values.get("expires_at"), date):
        values["expires_at"] = values["expires_at"].isoformat()
    return result if isinstance(result, str) else values


def shown_request(recorded: RecordedRequest) -> dict[str, Any]:
    return {
        "method": recorded.method,
        "path": recorded.path,
        "query": recorded.query,
        "headers": dict(recorded.headers),
        "body": recorded.body.decode("utf-8", "replace"),
        "at": recorded.at,
        "status": recorded.status,
    }
