"""The grants of GitLab's OAuth server: what a client may exchange for tokens, checked in Doorkeeper's order.

RFC 6749, RFC 7636 (PKCE). What decides: a refresh token is looked at before the client that sends it,
a code stays good through failed exchanges, and a refresh revokes the old pair in the same step.
"""
# Authlib has no types: its classes are Any, so that subclassing them is what strict checking forbids.
# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False

import secrets
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    AccessDeniedError,
    InvalidClientError,
    InvalidGrantError,
    InvalidScopeError,
    UnsupportedResponseTypeError,
)
from authlib.oauth2.rfc6749.grants import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
    ResourceOwnerPasswordCredentialsGrant,
)
from authlib.oauth2.rfc7636 import CodeChallenge

from sandbox.gitlab.applications import CODE_LIFETIME, AuthorizationCode, OAuthToken, same_redirect_uri
from sandbox.gitlab.oauth_request import (
    DESCRIPTIONS,
    SERVER_SCOPES,
    MissingParameter,
    Request,
    client_credentials,
)
from sandbox.gitlab.state import User

Answer = tuple[int, Any, list[tuple[str, str]]]


class CodeGrant(AuthorizationCodeGrant):
    @classmethod
    def check_authorization_endpoint(cls, *_: Request) -> bool:
        # Doorkeeper looks at the client first and at the response type last.
        return True

    def validate_authorization_request(self) -> str:
        """The redirect URI, once client, redirect URI, response type and scopes are accepted."""
        values = self.request.payload.data
        application = self.server.applications.by_id.get(values.get("client_id", ""))
        if application is None:
            raise InvalidClientError() if values.get("client_id") else MissingParameter("client_id")
        redirect_uri = str(values.get("redirect_uri", ""))
        if not application.check_redirect_uri(redirect_uri):
            raise OAuth2Error(error="invalid_redirect_uri")
        if not values.get("response_type"):
            raise MissingParameter("response_type")
        if values["response_type"] != "code":
            raise UnsupportedResponseTypeError(values["response_type"])
        self.request.scope = values.get("scope") or "api"
        scopes = tuple(self.request.scope.split())
        if not application.allows(scopes) or not SERVER_SCOPES.issuperset(scopes):
            raise InvalidScopeError()
        self.request.client = application
        self.execute_hook("after_validate_authorization_request_payload", redirect_uri)
        return redirect_uri

    def create_authorization_response(self, redirect_uri: str, grant_user: User | None) -> Answer:
        if grant_user is None:
            raise AccessDeniedError(DESCRIPTIONS["access_denied"], redirect_uri=redirect_uri)
        answer: Answer = super().create_authorization_response(redirect_uri, grant_user)
        return answer

    def generate_authorization_code(self) -> str:
        return secrets.token_hex(32)

    def save_authorization_code(self, code: str, request: Request) -> None:
        self.server.applications.codes[code] = AuthorizationCode(
            code=code,
            application=request.client,
            user=request.user,
            redirect_uri=request.payload.redirect_uri,
            scopes=tuple(request.scope.split()),
            expires_at=self.server.world.clock.now() + CODE_LIFETIME,
            code_challenge=request.payload.data.get("code_challenge") or None,
            code_challenge_method=request.payload.data.get("code_challenge_method") or None,
        )

    def validate_token_request(self) -> None:
        """Missing parameters, then the client, then the code, then its redirect URI, then PKCE."""
        values = self.request.form
        if not values.get("code"):
            raise MissingParameter("code", early=True)
        code = self.server.applications.codes.get(values["code"])
        if code and code.code_challenge and not values.get("code_verifier"):
            raise MissingParameter("code_verifier")
        if not values.get("redirect_uri"):
            raise MissingParameter("redirect_uri")
        self.request.client = self.server.client_of(values)
        if self.request.client is None:
            raise InvalidClientError()
        if code is None or not self._redeemable(code, values["redirect_uri"]):
            raise InvalidGrantError()
        self.request.authorization_code = code
        self.execute_hook("after_validate_token_request", None)

    def _redeemable(self, code: AuthorizationCode, redirect_uri: str) -> bool:
        return (
            code.application is self.request.client
            and not code.used
            and self.server.world.clock.now() < code.expires_at
            and same_redirect_uri(redirect_uri, code.redirect_uri)
        )

    def authenticate_user(self, authorization_code: AuthorizationCode) -> User:
        return authorization_code.user

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        authorization_code.used = True


class Pkce(CodeChallenge):
    def validate_code_challenge(self, grant: CodeGrant, *_: object) -> None:
        values = grant.request.payload.data
        if values.get("code_challenge") and values.get("code_challenge_method") not in ("plain", "S256"):
            raise OAuth2Error(error="invalid_code_challenge_method")

    def validate_code_verifier(self, grant: CodeGrant, *_: object) -> None:
        """A verifier that does not fit is `invalid_grant`, as is one that no challenge asked for."""
        code, verifier = grant.request.authorization_code, grant.request.form.get("code_verifier")
        if not code.code_challenge and not verifier:
            return
        fits = self.CODE_CHALLENGE_METHODS[code.code_challenge_method or "plain"]
        if not code.code_challenge or not verifier.isascii() or not fits(verifier, code.code_challenge):
            raise InvalidGrantError()


class RefreshGrant(RefreshTokenGrant):
    INCLUDE_NEW_REFRESH_TOKEN = True

    def validate_token_request(self) -> None:
        """The refresh token before the client: a used one is `invalid_grant` whoever sends it."""
        values = self.request.form
        if not values.get("refresh_token"):
            raise MissingParameter("refresh_token")
        token = self.server.applications.by_refresh_token(values["refresh_token"])
        if token is None or token.revoked:
            raise InvalidGrantError()
        client = self.server.client_of(values)
        if client is None and client_credentials(values)[0]:
            raise InvalidClientError()
        if client is None or not token.check_client(client):
            raise InvalidGrantError()
        self._validate_token_scope(token)
        self.request.client, self.request.refresh_token = client, token

    def authenticate_user(self, refresh_token: OAuthToken) -> User | None:
        return refresh_token.user

    def revoke_old_credential(self, refresh_token: OAuthToken) -> None:
        refresh_token.revoke()


class ClientGrant(ClientCredentialsGrant):
    def validate_token_request(self) -> None:
        self.request.client = self.server.client_of(self.request.form)
        if self.request.client is None:
            raise InvalidClientError()
        _default_scope(self.request)

    def create_token_response(self) -> Answer:
        token = self.generate_token(scope=self.request.scope, include_refresh_token=False)
        self.save_token(token)
        return 200, token, self.TOKEN_RESPONSE_HEADER


class PasswordGrant(ResourceOwnerPasswordCredentialsGrant):
    def validate_token_request(self) -> None:
        values = self.request.form
        self.request.client = self.server.client_of(values)
        if self.request.client is None:
            raise InvalidClientError()
        user = self.server.world.users.get(values.get("username", ""))
        if user is None or user.bot or user.blocked or user.password != values.get("password"):
            raise InvalidGrantError()
        self.request.user = user
        _default_scope(self.request)

    def create_token_response(self) -> Answer:
        token = self.generate_token(user=self.request.user, scope=self.request.scope)
        self.save_token(token)
        return 200, token, self.TOKEN_RESPONSE_HEADER


def _default_scope(oauth2_request: Request) -> None:
    oauth2_request.scope = oauth2_request.payload.scope or "api"
    if not oauth2_request.client.allows(tuple(oauth2_request.scope.split())):
        raise InvalidScopeError()
