"""An OAuth client and API client as plain as can be, and the words GitHub answers with."""

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import requests

from sandbox.github import Sandbox
from sandbox.github.applications import App, OAuthApplication, new_private_key

CALLBACK = "http://localhost:8000/organization/app-connections/github/oauth/callback"
JSON = {"Accept": "application/json"}
KEY = new_private_key()
"""One for all apps, unless a test asks for another: making them takes long."""


@dataclass
class Client:
    github: Sandbox
    http: requests.Session

    def oauth_application(self, **options: Any) -> OAuthApplication:
        return self.github.oauth_application(**{"callback_url": CALLBACK} | options)

    def app(self, name: str = "Connections", **options: Any) -> App:
        return self.github.app(name, **{"callback_urls": [CALLBACK], "private_key": KEY} | options)

    def authorize_url(self, application: OAuthApplication, **changed: str | None) -> str:
        values = {
            "client_id": application.client_id,
            "redirect_uri": CALLBACK,
            "scope": "repo,admin:org",
            "state": "st4te",
        } | changed
        sent = {name: value for name, value in values.items() if value is not None}
        return f"{self.github.url}/login/oauth/authorize?{urlencode(sent)}"

    def install_url(self, app: App, kind: str = "github-apps", state: str = "st4te") -> str:
        return f"{self.github.url}/{kind}/{app.slug}/installations/new?state={state}"

    def code(self, application: OAuthApplication, user: str = "ann", **changed: str | None) -> str:
        return query(self.github.approve(self.authorize_url(application, **changed), user))["code"]

    def exchange(self, application: OAuthApplication, code: str, **changed: str | None) -> dict[str, Any]:
        """What is answered for a code, which always is with status 200."""
        return self.token(application, code=code, **changed)

    def refresh(self, application: OAuthApplication, refresh_token: str, **changed: str | None) -> dict[str, Any]:
        return self.token(application, grant_type="refresh_token", refresh_token=refresh_token, **changed)

    def token(self, application: OAuthApplication, **values: str | None) -> dict[str, Any]:
        known = {"client_id": application.client_id, "client_secret": application.client_secret}
        answer = self.post("/login/oauth/access_token", known | values)
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    def post(self, path: str, values: dict[str, Any], **headers: str) -> requests.Response:
        return self.http.post(self.github.url + path, json=values, headers=JSON | headers, timeout=5)

    def get(self, path: str, token: str | None = None, scheme: str = "Bearer") -> requests.Response:
        """A call of the REST API."""
        headers = {"Authorization": f"{scheme} {token}"} if token else {}
        return self.http.get(f"{self.github.url}/api/v3{path}", headers=headers, timeout=5)

    def page(self, url: str) -> requests.Response:
        return self.http.get(url, timeout=5)

    def sign_in(self, user: str) -> None:
        """Sign `http` in, as at the page."""
        answer = self.http.post(
            f"{self.github.url}/login", data={"login": user, "password": f"{user}-password"}, timeout=5
        )
        assert f"Signed in as {user}" in answer.text

    def installation_token(
        self, app: App, number: int, assertion: str | None = None, **asked: Any
    ) -> requests.Response:
        return self.post(
            f"/api/v3/app/installations/{number}/access_tokens",
            asked,
            Authorization=f"Bearer {assertion or signed(app)}",
        )

    def installed_token(self, app: App, number: int, **asked: Any) -> str:
        return str(self.installation_token(app, number, **asked).json()["token"])


def signed(app: App, key: str | None = None, **changed: Any) -> str:
    """The assertion of `app`; a claim that is changed to None is left out."""
    now = int(time.time())
    claims = {"iss": app.client_id, "iat": now - 60, "exp": now + 300} | changed
    said = {name: value for name, value in claims.items() if value is not None}
    # PyJWT takes nothing but text for an issuer.
    return jwt.api_jws.encode(json.dumps(said).encode(), key or app.private_key, algorithm="RS256")


def query(location: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(location).query, keep_blank_values=True))


def refused(answer: requests.Response, status: int, message: str) -> bool:
    """Whether it is exactly this error of the REST API."""
    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert answer.json()["documentation_url"].startswith("https://docs.github.com/")
    assert answer.json()["status"] == str(status)
    return True


def names(answer: requests.Response, listed: str | None = None) -> list[str]:
    items = answer.json()[listed] if listed else answer.json()
    return [item.get("full_name") or item.get("login") or item["name"] for item in items]
