"""People who connect in a browser, and their way to the server and back: GitLab unless another is named."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from audit.actors import ActorType
from connections.models import AppConnection
from organizations.models import Membership, Organization, Project, User
from organizations.services import add_member
from tests.clients import the_organization
from tests.oauth.ways import GITLAB, Forge, Way

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

PAGES = GITLAB.pages
PASSWORD = "correct horse battery staple"


class Person:
    """Somebody with a browser, signed in. Their requests follow no redirect."""

    def __init__(self, user: User, way: Way = GITLAB) -> None:
        self.user = user
        self.way = way
        self.browser = Client(headers={"host": "127.0.0.1:8000"})
        self.browser.force_login(user)

    def form(self, **query: Any) -> "Response":
        return self.browser.get(f"{self.way.pages}/new", {"method": self.way.method, **query})

    def start(self, **fields: Any) -> "Response":
        """Send the form for a new connection, filled in with `fields`."""
        filled_in = {"method": self.way.method, "name": self.way.app, "use": self.way.use, "projectId": ""}
        return self.browser.post(f"{self.way.pages}/start", {**filled_in, **fields})

    def reconnect(self, connection_id: Any, *, use: str = "") -> "Response":
        fields = {"connectionId": str(connection_id), "use": use or self.way.again}
        return self.browser.post(f"{self.way.pages}/start", fields)

    def come_back(self, address: str) -> "Response":
        """Open the address that the server sends the browser back to."""
        parts = urlsplit(address)
        return self.browser.get(f"{parts.path}?{parts.query}")

    def connect(self, forge: Forge, *, user: str = "ann", **fields: Any) -> "Response":
        """Go the whole way: form, consent as `user` of the server, and back."""
        started = self.start(instanceUrl=forge.url, **fields)
        assert started.status_code == 302, started.content.decode()
        return self.come_back(forge.approve(started["Location"], user))

    def elsewhere(self) -> "Person":
        """Return the same person in another browser."""
        return Person(self.user, self.way)

    def by(self, way: Way) -> "Person":
        """Return the same person in the same browser, who goes another way."""
        same = Person(self.user, way)
        same.browser = self.browser
        return same

    def colleague(self, **about: Any) -> "Person":
        """Return somebody else, of the email given, who goes the same way."""
        return person(**about, way=self.way)


def person(
    *,
    email: str = "ann@example.com",
    role: str | None = "admin",
    project_roles: Mapping[Project, Iterable[str]] | None = None,
    organization: Organization | None = None,
    way: Way = GITLAB,
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
    return Person(user, way)


def leave(user: User) -> None:
    """Take somebody out of every organization and project."""
    Membership.objects.filter(member_type=ActorType.USER, member_id=user.id).delete()


def asked(address: str) -> dict[str, str]:
    """Return the query of an address, one value for each name."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def text(response: "Response") -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).strip()


def connected(somebody: Person, forge: Forge, **fields: Any) -> AppConnection:
    """Connect, and return the only connection there is."""
    somebody.connect(forge, **fields)
    return AppConnection.objects.select_related("data_key").get()


def reconnect(
    somebody: Person, forge: Forge, old: AppConnection, *, user: str = "ann", use: str = ""
) -> "Response":
    """Go the whole way again for a connection, as `user` at the server: whoever is not ann as for a new one."""
    use = use or (somebody.way.again if user == "ann" else somebody.way.use)
    return somebody.come_back(forge.approve(somebody.reconnect(old.id, use=use)["Location"], user))
