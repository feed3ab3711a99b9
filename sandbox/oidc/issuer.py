"""`Issuer`: the authorization code flow of OpenID Connect Core 1.0, with PKCE, on a real socket.

Whoever is sent here is signed in as `person` without being asked, unless `refuses` says that they pressed Cancel.
"""

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify, redirect, request
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as BaseResponse

from sandbox.pkce import challenge_of

HOST = "127.0.0.1"
KEY_ID = "sandbox"
LIFETIME = 300


@dataclass
class Person:
    """Somebody who has an account at the issuer. `claims` overrides what it says of them; None leaves one out."""

    sub: str
    email: str
    claims: dict[str, Any] = field(default_factory=dict)

    def said(self) -> dict[str, Any]:
        claims = {"sub": self.sub, "email": self.email, "email_verified": True, "name": "A Person", **self.claims}
        return {name: value for name, value in claims.items() if value is not None}


@dataclass
class Grant:
    """What a code stands for until it is exchanged."""

    person: Person
    redirect_uri: str
    challenge: str
    nonce: str | None


class Issuer:
    """Serves from entry to exit. `misbehave` overrides members of an answer, by the endpoint's name."""

    def __init__(self) -> None:
        self.client_id, self.client_secret = "app-connections", secrets.token_urlsafe(24)
        self.redirect_uris: set[str] = set()
        self.person = Person("subject-1", "ann@example.com")
        self.refuses = False
        self.misbehave: dict[str, dict[str, Any]] = {}
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._codes: dict[str, Grant] = {}
        self._tokens: dict[str, Person] = {}
        self._server = make_server(HOST, 0, self._app(), threaded=True)
        self.url = f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="oidc", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def behave(self) -> None:
        """Be as at the beginning."""
        self.person, self.refuses, self.misbehave = Person("subject-1", "ann@example.com"), False, {}

    def _app(self) -> Flask:
        app = Flask(__name__)
        app.add_url_rule("/.well-known/openid-configuration", view_func=self._configuration)
        app.add_url_rule("/authorize", view_func=self._authorize)
        app.add_url_rule("/token", view_func=self._token, methods=["POST"])
        app.add_url_rule("/userinfo", view_func=self._userinfo)
        app.add_url_rule("/jwks", view_func=self._jwks)
        return app

    def _configuration(self) -> Response:
        answer = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        }
        return jsonify(answer | self.misbehave.get("configuration", {}))

    def _authorize(self) -> BaseResponse:
        """Section 3.1.2: without a client and address that fit together nobody is sent anywhere."""
        asked = request.args
        redirect_uri = asked.get("redirect_uri", "")
        if asked.get("client_id") != self.client_id or redirect_uri not in self.redirect_uris:
            return Response("unknown client or redirect_uri", 400)
        if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
            return self._back(redirect_uri, error="invalid_request")
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return self._back(redirect_uri, error="invalid_request")
        if self.refuses:
            return self._back(redirect_uri, error="access_denied")
        code = secrets.token_urlsafe(24)
        self._codes[code] = Grant(self.person, redirect_uri, asked["code_challenge"], asked.get("nonce"))
        return self._back(redirect_uri, code=code)

    def _back(self, redirect_uri: str, **answer: str) -> BaseResponse:
        state = {"state": request.args["state"]} if "state" in request.args else {}
        return redirect(f"{redirect_uri}?{urlencode(answer | state)}")

    def _token(self) -> tuple[Response, int]:
        """Section 3.1.3: a code works once, for the client, address and verifier that it was made for."""
        sent = request.form
        basic = request.authorization
        given = (basic.username, basic.password) if basic else (sent.get("client_id"), sent.get("client_secret"))
        if given != (self.client_id, self.client_secret):
            return jsonify({"error": "invalid_client"}), 401
        grant = self._codes.pop(sent.get("code", ""), None)
        if (
            grant is None
            or sent.get("redirect_uri") != grant.redirect_uri
            or challenge_of(sent.get("code_verifier", "")) != grant.challenge
        ):
            return jsonify({"error": "invalid_grant"}), 400
        access_token = secrets.token_urlsafe(24)
        self._tokens[access_token] = grant.person
        answer = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "id_token": self._id_token(grant),
        }
        return jsonify(answer | self.misbehave.get("token", {})), 200

    def _id_token(self, grant: Grant) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.client_id, "iat": now, "exp": now + LIFETIME, **grant.person.said()}
        if grant.nonce:
            claims["nonce"] = grant.nonce
        claims |= self.misbehave.get("id_token", {})
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": KEY_ID})

    def _userinfo(self) -> tuple[Response, int]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        person = self._tokens.get(token)
        if scheme != "Bearer" or person is None:
            return jsonify({"error": "invalid_token"}), 401
        return jsonify(person.said() | self.misbehave.get("userinfo", {})), 200

    def _jwks(self) -> Response:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return jsonify({"keys": [{**key, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]})
