"""The pages of one machine identity, and what a browser finds on them."""

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from django.test import Client

from audit.actors import ActorType
from organizations.models import Project, User
from organizations.services import add_member
from tests.people import send

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

LIST = "/organization/identities"
NEW = f"{LIST}/new"
TERMS = {
    "client_secret_trusted_ips": "0.0.0.0/0\n::/0",
    "access_token_ttl": "1 hour",
    "access_token_max_ttl": "1 day",
    "access_token_period": "",
    "access_token_num_uses_limit": "",
    "access_token_trusted_ips": "0.0.0.0/0\n::/0",
    "lockout_enabled": "on",
    "lockout_threshold": "3",
    "lockout_duration_seconds": "5 minutes",
    "lockout_counter_reset_seconds": "30 seconds",
}


def join_project(user: User, project: Project, role: str = "viewer") -> None:
    """Give somebody a role in a project."""
    add_member(
        organization_id=project.organization_id,
        project=project,
        member_type=ActorType.USER,
        member_id=user.id,
        roles=[{"role": role}],
    )


def text(response: "Response") -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))).strip()


def title(response: "Response") -> str:
    found = re.search(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)
    assert found
    return unescape(found[1])


def create(client: Client, **fields: str) -> str:
    """Create a machine identity as a person does; returns its id."""
    answer = send(client, NEW, {"name": "deployer", "role": "member", **fields})
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"]).rsplit("/", 1)[1]


def page(identity_id: Any, rest: str = "") -> str:
    return f"{LIST}/{identity_id}{rest}"


def add_universal_auth(client: Client, identity_id: str, **fields: str) -> None:
    answer = send(client, page(identity_id, "/universal-auth/terms"), {**TERMS, **fields})
    assert answer.status_code == 302, text(answer)


def add_token_auth(client: Client, identity_id: str, **fields: str) -> None:
    answer = send(client, page(identity_id, "/token-auth/terms"), {**TERMS, **fields})
    assert answer.status_code == 302, text(answer)


def shown_once(response: "Response", what: str) -> str:
    """Return the secret that an answer shows."""
    found = re.search(rf'data-copy="([^"]+)" data-copied="{what} copied"', response.content.decode())
    assert found, text(response)
    return found[1]
