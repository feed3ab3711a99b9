"""The OAuth server, on Authlib's provider side: `/oauth/token`, `/oauth/revoke`, `/oauth/introspect`.

https://docs.gitlab.com/api/oauth2/, RFC 6749, RFC 7009 (revocation), RFC 7662 (introspection).
"""
# Authlib has no types: its classes are Any, so that subclassing them is what strict checking forbids.
# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False

import secrets
from collections.abc import Mapping
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, UnsupportedGrantTypeError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from flask import Blueprint, Flask, Response, request

from sandbox.gitlab import answers
from sandbox.gitlab.applications import ACCESS_TOKEN_LIFETIME, Application, Applications, OAuthToken
from sandbox.gitlab.grants import Answer, ClientGrant, CodeGrant, PasswordGrant, Pkce, RefreshGrant
from sandbox.gitlab.oauth_request import (
    DESCRIPTIONS,
    MissingParameter,
    Request,
    client_credentials,
    description,
)
from sandbox.gitlab.state import World
from sandbox.parameters import parameters

FRESH = [("Cache-Control", "max-age=0, private, must-revalidate")]


class Provider(AuthorizationServer):
    """The authorization server: finds clients, issues and keeps tokens, words errors as GitLab does."""

    def __init__(self, app: Flask, world: World, applications: Applications) -> None:
        super().__init__()
        self.world = world
        self.applications = applications
        self.init_app(app, applications.by_id.get, self.keep_token)
        self.register_token_generator("default", self.new_token)
        self.register_grant(CodeGrant, [Pkce(required=False)])
        for grant in (RefreshGrant, ClientGrant, PasswordGrant):
            self.register_grant(grant)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)

    def new_token(self, *, scope: str, include_refresh_token: bool = True, **_: object) -> dict[str, Any]:
        refresh = {"refresh_token": secrets.token_hex(32)} if include_refresh_token else {}
        return {
            "access_token": secrets.token_hex(32),
            "token_type": "Bearer",
            "expires_in": ACCESS_TOKEN_LIFETIME,
            **refresh,
            "scope": scope,
            "created_at": int(self.world.clock.now()),
        }

    def keep_token(self, token: dict[str, Any], oauth2_request: Request) -> None:
        issued = OAuthToken(
            access_token=token["access_token"],
            refresh_token=token.get("refresh_token", ""),
            application=oauth2_request.client,
            user=oauth2_request.user,
            scopes=tuple(token["scope"].split()),
            created_at=token["created_at"],
            clock=self.world.clock,
        )
        self.applications.keep(issued)

    def create_oauth2_request(self, request: object) -> Request:
        return request if isinstance(request, Request) else Request(parameters())

    def handle_response(self, status_code: int, payload: object, headers: list[tuple[str, str]]) -> Response:
        location = dict(headers).get("Location")
        if location:
            return answers.redirect(location)
        return answers.oauth(payload, status_code, dict(headers)["Cache-Control"])

    def handle_error_response(self, _: Request, error: OAuth2Error) -> Response:
        if error.redirect_uri:
            return self.handle_response(*error())
        status = 401 if error.error == "invalid_client" else 400
        early = getattr(error, "early", isinstance(error, UnsupportedGrantTypeError))
        return answers.oauth_error(status, error.error, description(error), vary=not early)

    def find_token(self, value: str, hint: str | None = None) -> OAuthToken | None:
        """The pair that `value` belongs to, be it the access or the refresh token."""
        access = None if hint == "refresh_token" else self.applications.by_access_token(value)
        return access or self.applications.by_refresh_token(value)

    def client_of(self, values: Mapping[str, str]) -> Application | None:
        """The client that authenticated itself, by HTTP Basic or by parameters; None when it failed.

        A confidential application must send its secret (RFC 6749, section 2.3.1).
        """
        client_id, client_secret = client_credentials(values)
        application = self.applications.by_id.get(client_id)
        if application is None or (not client_secret and not application.confidential):
            return application
        return application if application.check_client_secret(client_secret) else None


class Revocation(RevocationEndpoint):
    def create_endpoint_response(self, request: Request) -> Answer:
        """Only the application that a token was issued to may revoke it, a public one without proof;
        what GitLab does not know is answered like a success (RFC 7009, section 2.2)."""
        values = request.form
        token = self.server.find_token(values.get("token", ""), values.get("token_type_hint"))
        if token is None:
            return 200, {}, FRESH
        if token.application.confidential and self.server.client_of(values) is not token.application:
            body = {
                "error": "unauthorized_client",
                "error_description": "You are not authorized to revoke this token",
            }
            return 403, body, [("Cache-Control", "no-cache")]
        if token.accessible() or values["token"] == token.refresh_token:
            token.revoke()
        return 200, {}, FRESH


class Introspection(IntrospectionEndpoint):
    def create_endpoint_response(self, request: Request) -> Answer:
        client = self.server.client_of(request.form)
        if client is None:
            raise InvalidClientError()
        token = self.server.find_token(request.form.get("token", ""))
        if token is None or not token.check_client(client) or not token.accessible():
            return 200, {"active": False}, FRESH
        return 200, introspected(token), FRESH


def introspected(token: OAuthToken) -> dict[str, object]:
    return {
        "active": True,
        "scope": token.get_scope(),
        "client_id": token.application.client_id,
        "token_type": "Bearer",
        "exp": token.created_at + ACCESS_TOKEN_LIFETIME,
        "iat": token.created_at,
    }


def token_info(provider: Provider) -> Response:
    """https://docs.gitlab.com/api/oauth2/#retrieve-the-token-information"""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    value = bearer if scheme.lower() == "bearer" else parameters().get("access_token", "")
    token = provider.applications.by_access_token(value)
    if token is None or not token.accessible():
        return answers.oauth_error(400, "invalid_request", DESCRIPTIONS["invalid_request"])
    scopes, expires_in = list(token.scopes), token.expires_in()
    body = {
        "resource_owner_id": token.user.id if token.user else None,
        "scope": scopes,
        "expires_in": expires_in,
        "application": {"uid": token.application.client_id},
        "created_at": token.created_at,
        "scopes": scopes,
        "expires_in_seconds": expires_in,
    }
    return answers.oauth(body)


def token_response(provider: Provider) -> Response:
    """One exchange at `/oauth/token`: all of it under the lock, as GitLab does it in a transaction."""
    with provider.world.lock:
        if not parameters().get("grant_type"):
            missing = MissingParameter("grant_type", early=True)
            return provider.handle_error_response(Request(parameters()), missing)
        response: Response = provider.create_token_response()
        return response


def endpoint_response(provider: Provider, name: str) -> Response:
    with provider.world.lock:
        response: Response = provider.create_endpoint_response(name)
        return response


def routes(provider: Provider) -> Blueprint:
    oauth = Blueprint("oauth", __name__, url_prefix="/oauth")
    oauth.add_url_rule("/token", "token", lambda: token_response(provider), methods=["POST"])
    oauth.add_url_rule("/revoke", "revoke", lambda: endpoint_response(provider, "revocation"), methods=["POST"])
    oauth.add_url_rule(
        "/introspect", "introspect", lambda: endpoint_response(provider, "introspection"), methods=["POST"]
    )
    oauth.add_url_rule("/token/info", "token_info", lambda: token_info(provider))
    oauth.after_request(allow_cross_origin)
    return oauth


def allow_cross_origin(response: Response) -> Response:
    """GitLab lets scripts of any site call `/oauth/token` and `/oauth/revoke`."""
    if request.headers.get("Origin") and request.path in ("/oauth/token", "/oauth/revoke"):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
