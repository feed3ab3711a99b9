"""`/api/v4/user`, `/metadata`, and a token's calls about itself.

https://docs.gitlab.com/api/users/, https://docs.gitlab.com/api/personal_access_tokens/
"""

from datetime import date, timedelta

from flask import Blueprint, Response, request

from sandbox.gitlab import answers
from sandbox.gitlab.applications import OAuthToken
from sandbox.gitlab.caller import READ_USER, Gate
from sandbox.gitlab.shapes import Shapes
from sandbox.gitlab.state import AccessToken
from sandbox.parameters import parameters
from sandbox.refusal import Refusal

ROTATED_FOR = timedelta(days=7)
ROTATE = ("api", "self_rotate")
NOT_PERSONAL = "400 Bad request - This endpoint requires token type to be a personal access token"


def routes(gate: Gate, shapes: Shapes) -> Blueprint:
    tokens = Blueprint("tokens", __name__, url_prefix="/api/v4")
    view = Tokens(gate, shapes)
    tokens.add_url_rule("/user", "user", view.user)
    tokens.add_url_rule("/metadata", "metadata", view.metadata)
    tokens.add_url_rule("/version", "version", view.metadata)
    own = "/personal_access_tokens/self"
    tokens.add_url_rule(own, "own", view.own)
    tokens.add_url_rule(own, "revoke", view.revoke, methods=["DELETE"])
    tokens.add_url_rule(f"{own}/rotate", "rotate", view.rotate, methods=["POST"])
    for kind in ("project", "group"):
        tokens.add_url_rule(
            f"/{kind}s/<ref>/access_tokens/self/rotate",
            f"rotate_{kind}",
            view.rotate_resource_token,
            methods=["POST"],
            defaults={"kind": kind},
        )
    return tokens


class Tokens:
    def __init__(self, gate: Gate, shapes: Shapes) -> None:
        self.gate = gate
        self.shapes = shapes
        self.world = gate.world

    def user(self) -> Response:
        return answers.api(self.shapes.user(self.gate.admit(READ_USER).user))

    def metadata(self) -> Response:
        self.gate.admit(READ_USER)
        return answers.api(self.shapes.metadata())

    def own(self) -> Response:
        return answers.api(self.shapes.own_token(self._personal(), request.remote_addr or ""))

    def revoke(self) -> Response:
        self._personal().revoke()
        return answers.api_no_content()

    def _personal(self) -> AccessToken:
        token = self.gate.admit(None).access_token()
        if token is None:
            raise Refusal(answers.api_message(400, NOT_PERSONAL))
        return token

    def rotate(self) -> Response:
        with self.world.lock:
            new = self._rotated(self._rotatable())
        return answers.api(self.shapes.new_token(new))

    def rotate_resource_token(self, kind: str, **_: str) -> Response:
        with self.world.lock:
            token = self._rotatable()
            if token.kind != kind:
                raise Refusal(answers.api_message(405, "405 Method Not Allowed"))
            new = self._rotated(token)
        return answers.api(self.shapes.resource_token(new) | {"token": new.value})

    def _rotatable(self) -> AccessToken:
        """The caller's own token. One that was revoked takes its whole family with it: reuse detection,
        https://docs.gitlab.com/api/personal_access_tokens/#automatic-reuse-detection"""
        token = self.gate.token()
        if isinstance(token, AccessToken) and token.revoked:
            self.world.revoke_family(token)
        if isinstance(token, OAuthToken):
            self.gate.admit(None)
            raise Refusal(answers.api_message(405, "405 Method Not Allowed"))
        admitted = self.gate.admit(ROTATE).access_token()
        if admitted is None:
            raise Refusal(answers.api_message(401, "401 Unauthorized"))
        return admitted

    def _rotated(self, old: AccessToken) -> AccessToken:
        expires_at = self._asked_expiry() or self.world.clock.today() + ROTATED_FOR
        old.revoke()
        return self.world.add_token(
            old.user,
            scopes=old.scopes,
            expires_at=expires_at,
            name=old.name,
            kind=old.kind,
            resource_id=old.resource_id,
            access_level=old.access_level,
            family=old.family,
        )

    def _asked_expiry(self) -> date | None:
        text = parameters().get("expires_at")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise Refusal(answers.api({"error": "expires_at is invalid"}, 400)) from None
