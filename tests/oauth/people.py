"""People who connect in a browser, and their way to GitLab and back."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from audit.actors import ActorType
from connections.models import AppConnection
from organizations.models import Membership, Organization, Project, User
from organizations.services import add_member
from sandbox.gitlab import Sandbox
from tests.clients import the_organization

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

PAGES = "/organization/app-connections/gitlab/oauth"
PASSWORD = "correct horse battery staple"


class Person:
    """Somebody with a browser, signed in. Their requests follow no redirect."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.browser = Client(headers={"host": "127.0.0.1:8000"})
        self.browser.force_login(user)

    def form(self, **query: Any) -> "Response":
        return self.browser.get(f"{PAGES}/new", query)

    def start(self, **fields: Any) -> "Response":
        """Send the form for a new connection, filled in with `fields`."""
        return self.browser.post(
            f"{PAGES}/start", {"name": "gitlab", "use": "secret-sync", "projectId": "", **fields}
        )

    def reconnect(self, connection_id: Any, *, use: str = "secret-sync") -> "Response":
        return self.browser.post(f"{PAGES}/start", {"connectionId": str(connection_id), "use": use})

    def come_back(self, address: str) -> "Response":
        """Open the address that GitLab sends the browser back to."""
        parts = urlsplit(address)
        return self.browser.get(f"{parts.path}?{parts.query}")

    def connect(self, gitlab: Sandbox, *, gitlab_user: str = "ann", **fields: Any) -> "Response":
        """Go the whole way: form, consent, and back."""
        started = self.start(instanceUrl=gitlab.url, **fields)
        assert started.status_code == 302, started.content.decode()
        return self.come_back(gitlab.approve(started["Location"], gitlab_user))


def person(
    *,
    email: str = "ann@example.com",
    role: str | None = "admin",
    project_roles: Mapping[Project, Iterable[str]] | None = None,
    organization: Organization | None = None,
) -> Person:
    """Return somebody who is a member of the first organization, or of another, with these roles."""
    home = organization or the_organization()
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD)
    places: list[tuple[Project | None, Sequence[str]]] = [] if role is None else [(None, [role])]
    places += [(project, list(roles)) for project, roles in (project_roles or {}).items()]
    for project, roles in places:
        add_member(
            organization_id=home.id,
            project=project,
            member_type=ActorType.USER,
            member_id=user.id,
            roles=[{"role": name} for name in roles],
        )
    return Person(user)


def leave(user: User) -> None:
    """Take somebody out of every organization and project."""
    Membership.objects.filter(member_type=ActorType.USER, member_id=user.id).delete()


def asked(address: str) -> dict[str, str]:
    """Return the query of an address, one value for each name."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def text(response: "Response") -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).strip()


def connected(somebody: Person, gitlab: Sandbox, **fields: Any) -> AppConnection:
    """Connect, and return the only connection there is."""
    somebody.connect(gitlab, **fields)
    return AppConnection.objects.select_related("data_key").get()


def reconnect(
    somebody: Person, gitlab: Sandbox, old: AppConnection, *, user: str = "ann", use: str = "secret-sync"
) -> "Response":
    """Go the whole way again for a connection, as `user` at GitLab."""
    return somebody.come_back(gitlab.approve(somebody.reconnect(old.id, use=use)["Location"], user))


def revoked(gitlab: Sandbox, token: str) -> bool:
    """Tell whether GitLab was asked to end this token."""
    return any(request.path == "/oauth/revoke" and token in request.body.decode() for request in gitlab.requests)
