"""Requests about identities, as the tests of this folder make them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.clients import ADDRESS, Api, login

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

IDENTITIES = "/api/v1/identities"
UNIVERSAL_AUTH = "/api/v1/auth/universal-auth/identities"
TOKEN_AUTH = "/api/v1/auth/token-auth/identities"
TOKENS = "/api/v1/auth/token-auth/tokens"
RENEW = "/api/v1/auth/token/renew"
REVOKE = "/api/v1/auth/token/revoke"
UNKNOWN = "0b0f0c0e-1111-4222-8333-444455556666"


def ok(response: "Response") -> Any:
    """Return the body of a success."""
    assert response.status_code == 200, response.content
    return response.json()


def refused(response: "Response") -> tuple[int, str, str]:
    """Return the status, the error's name and the message of a refusal."""
    body = response.json()
    assert response.status_code == body["statusCode"]
    return response.status_code, body["error"], body["message"]


def same_refusal(response: "Response") -> Any:
    """Return a refusal without what differs between any two requests."""
    return {key: value for key, value in response.json().items() if key != "reqId"}


def organization_id(api: Api) -> str:
    details = ok(api.get(f"{IDENTITIES}/details"))
    return str(details["identityDetails"]["organization"]["id"])


def create_identity(api: Api, **fields: Any) -> str:
    body = {"name": "deployer", "organizationId": organization_id(api), "role": "member", **fields}
    return str(ok(api.post(IDENTITIES, body))["identity"]["id"])


def create_project(api: Api, slug: str = "platform") -> str:
    body = {"projectName": slug.title(), "slug": slug}
    return str(ok(api.post("/api/v2/workspace", body))["project"]["id"])


def members_path(project_id: str, identity_id: str) -> str:
    return f"/api/v2/workspace/{project_id}/identity-memberships/{identity_id}"


@dataclass(frozen=True)
class Machine:
    """An identity that can log in with Universal Auth."""

    identity_id: str
    client_id: str
    client_secret: str
    client_secret_id: str

    @property
    def auth_path(self) -> str:
        return f"{UNIVERSAL_AUTH}/{self.identity_id}"

    def login(self, *, secret: str = "", address: str = ADDRESS, **more: Any) -> "Response":
        return login(self.client_id, secret or self.client_secret, address=address, **more)

    def logged_in(self, *, address: str = ADDRESS) -> Api:
        token = ok(self.login(address=address))["accessToken"]
        return Api(token=token, identity_id=self.identity_id, address=address)


def machine(
    api: Api, *, role: str = "admin", settings: dict[str, Any] | None = None, secret: dict[str, Any] | None = None
) -> Machine:
    """Create, through the API, an identity with Universal Auth and a client secret."""
    identity_id = create_identity(api, role=role)
    auth = ok(api.post(f"{UNIVERSAL_AUTH}/{identity_id}", settings or {}))["identityUniversalAuth"]
    made = ok(api.post(f"{UNIVERSAL_AUTH}/{identity_id}/client-secrets", secret or {}))
    return Machine(identity_id, auth["clientId"], made["clientSecret"], made["clientSecretData"]["id"])
