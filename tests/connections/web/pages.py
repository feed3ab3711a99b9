"""The pages of one connection, as the tests of this folder open them."""

import re
import uuid
from typing import TYPE_CHECKING, Any

from connections.models import AppConnection
from organizations.models import Project
from tests.clients import the_organization

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

BASE = "/organization/app-connections"
READ = ("", "/activity")
CHANGE = ("/edit", "/credentials", "/delete")
ID = uuid.UUID | str


def path(connection_id: ID, rest: str = "") -> str:
    return f"{BASE}/{connection_id}{rest}"


def text(response: "Response") -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).strip()


def title(response: "Response") -> str:
    found = re.search(r"<title>(.*?) · App Connections</title>", response.content.decode())
    assert found
    return found[1]


def project(slug: str = "platform") -> Project:
    return Project.objects.create(organization=the_organization(), name=slug.title(), slug=slug)


def row(connection_id: ID) -> AppConnection:
    return AppConnection.objects.get(pk=connection_id)


def change(connection_id: ID, **columns: Any) -> None:
    AppConnection.objects.filter(pk=connection_id).update(**columns)
