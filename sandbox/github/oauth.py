"""`POST /login/oauth/access_token`: codes and refresh tokens for tokens. Whatever is wrong is said with status 200.

https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps,
https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens
"""

from flask import Blueprint, Response

from sandbox.github import answers
from sandbox.github.applications import OAuthApplication
from sandbox.github.hub import Hub
from sandbox.github.tokens import Code, Token
from sandbox.parameters import basic_credentials, parameters
from sandbox.pkce import challenge_of
from sandbox.refusal import Refusal

DESCRIPTIONS = {
    "bad_refresh_token": "The refresh token passed is incorrect or expired.",
    "bad_verification_code": "The code passed is incorrect or expired.",
    "incorrect_client_credentials": "The client_id and/or client_secret passed are incorrect.",
    "redirect_uri_mismatch": "The redirect_uri MUST match the registered callback URL for this application.",
    "unsupported_grant_type": "The grant_type passed is not supported.",
}


def routes(hub: Hub) -> Blueprint:
    oauth = Blueprint("oauth", __name__, url_prefix="/login/oauth")
    view = TokenEndpoint(hub)
    oauth.add_url_rule("/access_token", "access_token", view.answer, methods=["POST"])
    return oauth


def wrong(error: str) -> Refusal:
    return Refusal(answers.oauth_error(error, DESCRIPTIONS[error]))


class TokenEndpoint:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def answer(self) -> Response:
        """One exchange, all of it under the lock."""
        values = parameters()
        grants = {"authorization_code": self._exchange, "refresh_token": self._refresh}
        with self.hub.lock:
            application = self._application(values)
            grant = grants.get(values.get("grant_type") or "authorization_code")
            if grant is None:
                raise wrong("unsupported_grant_type")
            return answers.oauth(self._told(grant(application, values)))

    def _application(self, values: dict[str, str]) -> OAuthApplication:
        """The client that proved to be who it is. One that GitHub has never heard of is a plain 404."""
        client_id, secret = basic_credentials() or (values.get("client_id", ""), values.get("client_secret", ""))
        application = self.hub.applications.by_id.get(client_id)
        if application is None:
            raise Refusal(answers.oauth({"error": answers.NOT_FOUND}, 404))
        if not application.check_secret(secret):
            raise wrong("incorrect_client_credentials")
        return application

    def _exchange(self, application: OAuthApplication, values: dict[str, str]) -> Token:
        """A code works once, within ten minutes, for the application and address that it was made for."""
        code = self.hub.tokens.codes.get(values.get("code", ""))
        now = self.hub.clock.now()
        if code is None or code.application is not application or now >= code.expires_at:
            raise wrong("bad_verification_code")
        if values.get("redirect_uri", code.redirect_uri) != code.redirect_uri:
            raise wrong("redirect_uri_mismatch")
        if code.challenge and challenge_of(values.get("code_verifier", "")) != code.challenge:
            raise wrong("bad_verification_code")
        return self._redeemed(code)

    def _redeemed(self, code: Code) -> Token:
        del self.hub.tokens.codes[code.value]
        return self.hub.tokens.issue(code.application, code.user, code.scopes)

    def _refresh(self, application: OAuthApplication, values: dict[str, str]) -> Token:
        """The new pair; the old access token dies in the same step."""
        old = self.hub.tokens.by_refresh_token(values.get("refresh_token", ""))
        expired = old is not None and self.hub.clock.now() >= (old.refresh_expires_at or 0)
        if old is None or old.revoked or expired or old.application is not application:
            raise wrong("bad_refresh_token")
        old.revoke()
        return self.hub.tokens.issue(application, old.user, ())

    def _told(self, token: Token) -> dict[str, object]:
        told: dict[str, object] = {"access_token": token.value}
        now = self.hub.clock.now()
        if token.expires_at is not None and token.refresh_expires_at is not None:
            told |= {
                "expires_in": round(token.expires_at - now),
                "refresh_token": token.refresh_token,
                "refresh_token_expires_in": round(token.refresh_expires_at - now),
            }
        return told | {"scope": ",".join(token.scopes or ()), "token_type": "bearer"}
