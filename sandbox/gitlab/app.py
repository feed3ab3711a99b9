"""GitLab's application, put together: OAuth, REST API, error pages."""

import secrets
import time

from flask import Flask, Response, g, request

from sandbox.gitlab import answers, oauth, oauth_pages, rest_lists, rest_tokens
from sandbox.gitlab.applications import Applications
from sandbox.gitlab.caller import Gate
from sandbox.gitlab.shapes import Shapes
from sandbox.gitlab.state import World
from sandbox.refusal import Refusal


def create_app(world: World, applications: Applications, shapes: Shapes) -> Flask:
    app = Flask(__name__)
    app.secret_key = secrets.token_bytes(32)
    app.config["SESSION_COOKIE_NAME"] = "_gitlab_session"
    provider = oauth.Provider(app, world, applications)
    gate = Gate(world, applications)
    for blueprint in (
        oauth.routes(provider),
        oauth_pages.routes(provider),
        rest_tokens.routes(gate, shapes),
        rest_lists.routes(gate, shapes),
    ):
        app.register_blueprint(blueprint)
    app.register_error_handler(Refusal, lambda refusal: refusal.response)
    app.register_error_handler(404, not_found)
    app.register_error_handler(405, method_not_allowed)
    app.before_request(note_beginning)
    app.after_request(lambda response: answers.finish(response, world.clock.now()))
    return app


def note_beginning() -> None:
    g.began = time.perf_counter()


def not_found(_: Exception) -> Response:
    if request.path.startswith("/api/"):
        return answers.api({"error": "404 Not Found"}, 404)
    return answers.page(NOT_FOUND, 404)


def method_not_allowed(error: Exception) -> Response:
    if request.path.startswith("/api/"):
        return answers.api({"error": "405 Not Allowed"}, 405)
    return not_found(error)


NOT_FOUND = """<!DOCTYPE html><html><head><title>Not Found</title></head>
<body><h1>404: Page not found</h1></body></html>
"""
