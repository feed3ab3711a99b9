"""Where a person can go: the pages of the organization that their role opens, and those of a project."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from organizations.access import Principal
from organizations.models import Project
from organizations.roles import Permission
from wire.preferences import preferences


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the navigation leads to. `permission` opens it; None: every member may see it.

    With `anywhere` it is enough to hold the permission in one of the projects.
    """

    label: str
    icon: str
    name: str
    permission: Permission | None = None
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the navigation."""

    label: str
    icon: str
    url: str
    is_current: bool


ORGANIZATION = (
    Place("App connections", "link", "connections:home"),
    Place("Instances", "server-stack", "connections:instances", Permission.INSTANCES_READ),
    Place("Projects", "folder", "organizations:projects"),
    Place("Members", "users", "organizations:members", Permission.MEMBERS_READ),
    Place("Machine identities", "cpu-chip", "identities:list", Permission.IDENTITIES_READ),
    Place("Audit log", "clipboard-document-list", "organizations:audit-log", Permission.AUDIT_READ, anywhere=True),
    Place("Settings", "cog-6-tooth", "organizations:settings", Permission.ORGANIZATION_EDIT),
)
PROJECT = (
    Place("App connections", "link", "connections:project-home"),
    Place("Members", "users", "identities:project-members", Permission.MEMBERS_READ),
    Place("Settings", "cog-6-tooth", "organizations:project-settings"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of every page shows (a context processor)."""
    principal: Principal | None = getattr(request, "principal", None)
    if principal is None:
        return preferences(request)
    project: Project | None = getattr(request, "project", None)
    return {
        **preferences(request),
        "navigation": list(_entries(request, ORGANIZATION, principal, None)),
        "project_navigation": list(_entries(request, PROJECT, principal, project)) if project else [],
    }


def _entries(
    request: HttpRequest, places: tuple[Place, ...], principal: Principal, project: Project | None
) -> Iterator[Entry]:
    for place in places:
        if _is_open(place, principal, project):
            url = reverse(place.name, kwargs={"project_id": project.id} if project else {})
            here = request.path
            is_current = here == url or here.startswith(f"{url}/")
            holds_project = place.name == "organizations:projects" and hasattr(request, "project")
            yield Entry(place.label, place.icon, url, is_current or holds_project)


def _is_open(place: Place, principal: Principal, project: Project | None) -> bool:
    if place.permission is None or place.permission in principal.permissions(project.id if project else None):
        return True
    return place.anywhere and bool(principal.projects_with(place.permission))
