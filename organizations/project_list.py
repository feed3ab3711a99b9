"""The projects that somebody sees: those they are in, and for an admin of the organization all of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from organizations.access import Principal
from organizations.models import Membership, Project
from organizations.roles import PROJECT_ROLES, Permission, Role

P = Permission


@dataclass(frozen=True, slots=True)
class Listed:
    """A project with what whoever looks is in it, and how many members it has."""

    project: Project
    roles: list[Role]
    is_member: bool
    may_open: bool
    may_join: bool
    member_count: int


def sees_all(principal: Principal) -> bool:
    """Tell whether the principal sees also the projects that they are not in."""
    return P.PROJECTS_READ in principal.permissions(None)


def find_projects(principal: Principal, *, search: str = "", own_only: bool = False) -> QuerySet[Project]:
    """Return the projects that the principal sees and that `search` is in, by name."""
    inside = [key for key in principal.project_roles if P.PROJECTS_READ in principal.permissions(key)]
    projects = Project.objects.filter(organization_id=principal.organization_id)
    if own_only or not sees_all(principal):
        projects = projects.filter(pk__in=inside)
    if search:
        words = Q(name__icontains=search) | Q(slug__icontains=search) | Q(description__icontains=search)
        projects = projects.filter(words)
    return projects.order_by("name", "slug")


def as_listed(principal: Principal, projects: Iterable[Project]) -> list[Listed]:
    """Return projects with what the principal is in them; one query for any number."""
    rows = list(projects)
    members = Membership.objects.filter(project__in=rows).values_list("project").annotate(Count("pk"))
    counts = dict(members)
    may_join = P.PROJECTS_JOIN in principal.permissions(None)
    return [_listed(principal, row, counts.get(row.id, 0), may_join=may_join) for row in rows]


def _listed(principal: Principal, project: Project, count: int, *, may_join: bool) -> Listed:
    held = principal.project_roles.get(project.id, frozenset())
    return Listed(
        project=project,
        roles=[role for role in PROJECT_ROLES if role in held],
        is_member=project.id in principal.project_roles,
        may_open=P.PROJECTS_READ in principal.permissions(project.id),
        may_join=may_join and Role.ADMIN not in held,
        member_count=count,
    )
