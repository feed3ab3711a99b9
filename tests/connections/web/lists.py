"""Lists of connections, as the tests of this folder fill and open them."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.utils import timezone

from connections.keys import current_key
from connections.models import AppConnection
from organizations.models import Organization, Project
from tests.clients import the_organization

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

HOME = "/organization/app-connections"
TOKEN = "glpat-never-to-be-seen"
ANN = {"id": "1", "username": "ann", "name": "Ann", "is_bot": False}


def stored(
    name: str, project: Project | None = None, *, organization: Organization | None = None, **columns: Any
) -> AppConnection:
    """Store a connection as the product does, without asking GitLab; `columns` say how it is."""
    home = project.organization if project else organization or the_organization()
    credentials = {"accessToken": TOKEN, "accessTokenType": "personal", "instanceUrl": "https://gitlab.example.com"}
    facts = {
        "method": "access-token",
        "status": "healthy",
        "account": ANN,
        "public": {"accessTokenType": "personal", "instanceUrl": "https://gitlab.example.com"},
        "checked_at": timezone.now(),
        **columns,
    }
    connection = AppConnection(
        organization=home, project=project, app="gitlab", name=name, verified_at=timezone.now(), **facts
    )
    connection.seal(credentials, current_key(home.id))
    connection.save()
    return connection


def project(name: str = "Platform", organization: Organization | None = None) -> Project:
    return Project.objects.create(organization=organization or the_organization(), name=name, slug=name.lower())


def listed(browser: Client, path: str = HOME, /, **query: str) -> list[str]:
    """Return the names of the connections that a page lists, in its order."""
    return names(browser.get(path, query))


def names(response: "Response") -> list[str]:
    assert response.status_code == 200, response.content[:200]
    return re.findall(r"<span class=\"hidden\">Copy the ID of ([^<]+)<", response.content.decode())


def part(browser: Client, path: str = HOME, trigger: str = "app", **query: str) -> "Response":
    """Ask as htmx does, for the parts of the page that change."""
    return browser.get(path, query, headers={"HX-Request": "true", "HX-Trigger": trigger})


def title(response: "Response") -> str:
    found = re.search(r"<title>(.*?) · App Connections</title>", response.content.decode())
    assert found
    return found[1]


def options(response: "Response", name: str) -> list[str]:
    """Return what a filter lets choose, with its counts."""
    select = re.search(rf'<select id="{name}".*?</select>', response.content.decode(), re.DOTALL)
    assert select
    return re.findall(r"<option[^>]*>([^<]+)</option>", select[0])


def chips(response: "Response") -> Mapping[str, int]:
    """Return the states and how many are in each."""
    found = re.findall(r'<a id="state-[^>]+>([^<]+) <span>(\d+)</span>', response.content.decode())
    return {label: int(count) for label, count in found}
