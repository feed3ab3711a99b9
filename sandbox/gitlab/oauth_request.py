"""A request to GitLab's OAuth server, as Authlib's provider side takes it, and the words of its errors."""
# Authlib has no types: its classes are Any, so that subclassing them is what strict checking forbids.
# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False

from collections.abc import Mapping

from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Payload
from flask import request

from sandbox.parameters import basic_credentials

DESCRIPTIONS = {
    "invalid_client": "Client authentication failed due to unknown client, no client authentication included, "
    "or unsupported authentication method.",
    "invalid_grant": "The provided authorization grant is invalid, expired, revoked, does not match the "
    "redirection URI used in the authorization request, or was issued to another client.",
    "invalid_request": "The request is missing a required parameter, includes an unsupported parameter value, "
    "or is otherwise malformed.",
    "invalid_scope": "The requested scope is invalid, unknown, or malformed.",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
    "unsupported_response_type": "The authorization server does not support this response type.",
    "invalid_redirect_uri": "The redirect URI included is not valid.",
    "invalid_code_challenge_method": "The code challenge method must be plain or S256.",
    "access_denied": "The resource owner or authorization server denied the request.",
}
SERVER_SCOPES = frozenset(
    [
        *("api", "read_api", "read_user", "self_rotate", "sudo", "admin_mode", "openid", "profile", "email"),
        *("read_repository", "write_repository", "read_registry", "write_registry", "ai_features"),
        *("create_runner", "manage_runner", "k8s_proxy"),
    ]
)


def description(error: OAuth2Error) -> str:
    """GitLab's words for an error, whatever Authlib's are."""
    return str(error.description) if isinstance(error, MissingParameter) else DESCRIPTIONS[error.error]


class MissingParameter(InvalidRequestError):
    """`early` ones are found before Doorkeeper renders anything; their answer has no `Vary`."""

    def __init__(self, name: str, early: bool = False) -> None:
        super().__init__(f"Missing required parameter: {name}.")
        self.early = early


class Payload(OAuth2Payload):
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    @property
    def data(self) -> Mapping[str, str]:
        return self._values

    @property
    def datalist(self) -> dict[str, list[str]]:
        return {name: [value] for name, value in self._values.items()}


class Request(OAuth2Request):
    def __init__(self, values: Mapping[str, str]) -> None:
        # Authlib refuses plain http for other hosts; the switch it has is for the whole process,
        # and so would change the product under test. The address is used for nothing else.
        super().__init__(request.method, f"https://localhost{request.path}", headers=request.headers)
        self.payload = Payload(values)
        self.values = values

    @property
    def form(self) -> Mapping[str, str]:
        return self.values


def client_credentials(values: Mapping[str, str]) -> tuple[str, str]:
    """Client id and secret as sent: HTTP Basic first, then the parameters; empty where missing."""
    return basic_credentials() or (values.get("client_id", ""), values.get("client_secret", ""))
