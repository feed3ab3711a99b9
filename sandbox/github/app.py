"""GitHub's application, put together: pages, OAuth, REST API, error pages."""

import secrets

from flask import Flask, Response, request

from sandbox.github import (
    answers,
    installation_pages,
    manifest_pages,
    oauth,
    oauth_pages,
    rest_apps,
    rest_authorizations,
    rest_users,
    signing_in,
)
from sandbox.github.caller import Gate
from sandbox.github.hub import Hub
from sandbox.github.manifests import Manifests
from sandbox.github.shapes import Shapes
from sandbox.pages import document
from sandbox.refusal import Refusal

NO_USER_AGENT = (
    "Request forbidden by administrative rules. Please make sure your request has a User-Agent header "
    "(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).\n"
)


def create_app(hub: Hub) -> Flask:
    app = Flask(__name__)
    app.secret_key = secrets.token_bytes(32)
    app.config.update(SESSION_COOKIE_NAME="user_session", SESSION_COOKIE_SAMESITE="Lax")
    gate, shapes = Gate(hub), Shapes(hub)
    for blueprint in (
        signing_in.routes(hub),
        oauth.routes(hub),
        oauth_pages.routes(hub),
        installation_pages.routes(hub),
        manifest_pages.routes(hub, Manifests(hub), shapes),
        rest_users.routes(gate, shapes),
        rest_apps.routes(gate, shapes),
        rest_authorizations.routes(hub),
    ):
        app.register_blueprint(blueprint)
    app.register_error_handler(Refusal, lambda refusal: refusal.response)
    app.register_error_handler(404, not_found)
    app.register_error_handler(405, not_found)
    app.before_request(ask_for_user_agent)
    app.after_request(lambda response: answers.finish(response, hub.clock.now()))
    return app


def ask_for_user_agent() -> Response | None:
    if request.path.startswith(f"{answers.REST}/") and not request.headers.get("User-Agent"):
        return Response(NO_USER_AGENT, 403, content_type="text/plain")
    return None


def not_found(_: Exception) -> Response:
    if request.path.startswith(f"{answers.REST}/"):
        return answers.api_error(404, answers.NOT_FOUND)
    return answers.page(document("Page not found · GitHub", "<h1>404</h1>"), 404)
