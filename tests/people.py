"""People and their browsers, without a browser: for tests of single pages."""

import re
from typing import TYPE_CHECKING

from django.test import Client

from audit.actors import ActorType
from organizations.models import Organization, User
from organizations.services import add_member
from tests.clients import ADDRESS, the_organization

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

PASSWORD = "correct horse battery staple"
HOME = "/organization/app-connections"
SIGN_IN = "/sign-in"


def person(
    email: str = "ann@example.com", *, role: str = "admin", organization: Organization | None = None
) -> User:
    """Return a new person with a role in an organization: the first one unless another is named."""
    user = User.objects.create_user(email, PASSWORD)
    join(user, organization or the_organization(), role)
    return user


def join(user: User, organization: Organization, role: str = "admin") -> None:
    add_member(
        organization_id=organization.id,
        project=None,
        member_type=ActorType.USER,
        member_id=user.id,
        roles=[{"role": role}],
    )


def browser(user: User | None = None) -> Client:
    """Return a browser that keeps cookies and proves no form by itself; `user` is signed in."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=True, REMOTE_ADDR=ADDRESS)
    if user:
        client.force_login(user)
    return client


def send(client: Client, path: str, fields: dict[str, str] | None = None) -> "Response":
    """Send a form as the page at `path` holds it, with what it proves its origin by."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(path).content.decode())
    assert token, f"there is no form at {path}"
    return client.post(path, {"csrfmiddlewaretoken": token[1], **(fields or {})})


def sign_in(client: Client, email: str, password: str = PASSWORD, **query: str) -> "Response":
    """Fill in the sign-in form; `query` is the page's, such as `next`."""
    path = SIGN_IN + (f"?next={query['next']}" if "next" in query else "")
    return send(client, path, {"login": email, "password": password})
