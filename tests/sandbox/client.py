"""An OAuth client and API client as plain as can be, and the words GitLab answers with."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application

REDIRECT_URI = "http://localhost:8000/organization/app-connections/gitlab/oauth/callback"

INVALID_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used "
    "in the authorization request, or was issued to another client."
)
INVALID_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, or unsupported "
    "authentication method."
)
INVALID_REQUEST = (
    "The request is missing a required parameter, includes an unsupported parameter value, or is "
    "otherwise malformed."
)
INVALID_SCOPE = "The requested scope is invalid, unknown, or malformed."
REVOKED = "Token was revoked. You have to re-authorize from the user."
EXPIRED = "Token is expired. You can either do re-authorization or token refresh."


@dataclass
class Client:
    gitlab: Sandbox
    http: requests.Session

    def application(self, **options: Any) -> Application:
        options = {"redirect_uris": (REDIRECT_URI,), "scopes": ("api", "read_repository")} | options
        return self.gitlab.application(**options)

    def authorize_url(self, application: Application, **changed: str | None) -> str:
        values = {
            "client_id": application.client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "api read_repository",
            "state": "st4te",
        } | changed
        sent = {name: value for name, value in values.items() if value is not None}
        return f"{self.gitlab.url}/oauth/authorize?{urlencode(sent)}"

    def code(self, application: Application, **changed: str | None) -> str:
        return callback(self.gitlab.approve(self.authorize_url(application, **changed)))["code"]

    def exchange(self, application: Application, code: str, **changed: str | None) -> requests.Response:
        return self.token(
            grant_type="authorization_code",
            code=code,
            redirect_uri=changed.pop("redirect_uri", REDIRECT_URI),
            **credentials(application, changed),
        )

    def refresh(self, application: Application, refresh_token: str, **changed: str | None) -> requests.Response:
        return self.token(
            grant_type="refresh_token", refresh_token=refresh_token, **credentials(application, changed)
        )

    def token(self, **values: str | None) -> requests.Response:
        return self.post("/oauth/token", **values)

    def post(self, path: str, **values: str | None) -> requests.Response:
        return self.http.post(self.gitlab.url + path, data=values, timeout=5)

    def get(self, path: str, token: str | None = None, **headers: str) -> requests.Response:
        private = {} if token is None else {"PRIVATE-TOKEN": token}
        return self.http.get(self.gitlab.url + path, headers=headers | private, timeout=5)

    def get_as_bearer(self, path: str, token: str) -> requests.Response:
        return self.get(path, Authorization=f"Bearer {token}")


def credentials(application: Application, changed: dict[str, str | None]) -> dict[str, str | None]:
    secret = application.client_secret if application.confidential else None
    return {"client_id": application.client_id, "client_secret": secret} | changed


def callback(location: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(location).query))


def refused(answer: requests.Response, status: int, error: str, description: str) -> bool:
    """Whether it is exactly this error of the token endpoint: status, body and headers."""
    assert answer.status_code == status
    assert answer.text == f'{{"error":"{error}","error_description":"{description}"}}'
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer realm="Doorkeeper", error="{error}", error_description="{description}"'
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    return True


def invalid_grant(answer: requests.Response) -> bool:
    return refused(answer, 400, "invalid_grant", INVALID_GRANT) and answer.headers["Vary"] == "Accept"


def invalid_client(answer: requests.Response) -> bool:
    return refused(answer, 401, "invalid_client", INVALID_CLIENT) and answer.headers["Vary"] == "Accept"


def missing(answer: requests.Response, parameter: str) -> bool:
    return refused(answer, 400, "invalid_request", f"Missing required parameter: {parameter}.")


def invalid_token(answer: requests.Response, description: str) -> bool:
    assert answer.status_code == 401
    assert answer.text == f'{{"error":"invalid_token","error_description":"{description}"}}'
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer realm="Protected by OAuth 2.0", error="invalid_token", error_description="{description}"'
    )
    return True
