"""Callers of the API, for every test: the instance's admin, any machine identity, and a stranger."""

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.utils import timezone

from audit.actors import ActorType
from identities.models import Identity, TokenAuth
from identities.services.access_tokens import issue
from organizations.models import Organization, Project
from organizations.services import add_member, create_organization

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

ADDRESS = "203.0.113.7"
SET_UP = {"email": "admin@example.com", "password": "correct horse battery staple", "organization": "Example"}


class Api:
    """The HTTP API as one caller sees it. JSON in and out; `response.json()` is the body."""

    def __init__(self, *, token: str = "", identity_id: str = "", address: str = ADDRESS) -> None:
        self.token = token
        self.identity_id = identity_id
        self.address = address
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> "Response":
        return self.request("GET", path, query=query)

    def post(self, path: str, body: Any = None) -> "Response":
        return self.request("POST", path, body)

    def patch(self, path: str, body: Any = None) -> "Response":
        return self.request("PATCH", path, body)

    def put(self, path: str, body: Any = None) -> "Response":
        return self.request("PUT", path, body)

    def delete(self, path: str, body: Any = None) -> "Response":
        return self.request("DELETE", path, body)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> "Response":
        """Send one request, with the bearer token unless `headers` say otherwise."""
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.generic(
            method,
            path,
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={**bearer, **(headers or {})},
            query_params=dict(query or {}),
            REMOTE_ADDR=self.address,
        )


def anonymous(*, address: str = ADDRESS) -> Api:
    """Return a caller without a token."""
    return Api(address=address)


def bootstrap() -> Api:
    """Set up the empty instance through the API, and return its admin identity."""
    made = anonymous().post("/api/v1/admin/bootstrap", SET_UP).json()
    return Api(token=made["identity"]["credentials"]["token"], identity_id=made["identity"]["id"])


def login(client_id: str, client_secret: str, *, address: str = ADDRESS, **more: Any) -> "Response":
    """Log in with Universal Auth, and return the answer."""
    body = {"clientId": client_id, "clientSecret": client_secret, **more}
    return anonymous(address=address).post("/api/v1/auth/universal-auth/login", body)


def the_organization() -> Organization:
    """Return the first organization; it is made when there is none."""
    return Organization.objects.order_by("created_at").first() or create_organization(name="Example")


def add_roles(identity: Identity, project: Project | None, roles: Iterable[str]) -> None:
    """Make an identity a member of its organization (`project` is None) or of a project."""
    add_member(
        organization_id=identity.organization_id,
        project=project,
        member_type=ActorType.IDENTITY,
        member_id=identity.id,
        roles=[{"role": role} for role in roles],
    )


def identity_with(
    *,
    role: str = "admin",
    project_roles: Mapping[uuid.UUID | str, Iterable[str]] | None = None,
    organization: Organization | None = None,
    name: str = "machine",
) -> Api:
    """Return a new machine identity with these roles, made without the API.

    It lives in the first organization unless another is named; `project_roles` maps project ids to roles.
    """
    home = organization or the_organization()
    identity = Identity.objects.create(organization=home, name=name)
    add_roles(identity, None, [role])
    for project_id, roles in (project_roles or {}).items():
        add_roles(identity, Project.objects.get(pk=project_id), roles)
    auth = TokenAuth.objects.create(identity=identity, access_token_ttl=0, access_token_max_ttl=0)
    return Api(token=issue(auth, timezone.now()).text, identity_id=str(identity.id))


def stranger(*, role: str = "admin") -> Api:
    """Return an identity of another organization."""
    return identity_with(role=role, organization=create_organization(name="Elsewhere"), name="stranger")
