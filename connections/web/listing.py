"""The list of connections: of the organization, and of one of its projects."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.http import push_url, replace_url

from connections.models import AppConnection
from connections.overview import ATTENTION, SORTS, Group, matching, ordered, tally, visible, with_state
from connections.web import listing_links, listing_query
from connections.web.listing_query import Choice, Wanted, wanted_of
from connections.web.listing_rows import rows_of
from organizations.access import Principal
from organizations.roles import Permission
from organizations.web.people import PersonRequest, ProjectRequest, in_project, signed_in

PAGE_SIZE = 50
COLUMNS = (
    ("Connection", "name"),
    ("Method", "method"),
    ("Account", "account"),
    ("Scope", "scope"),
    ("State", "state"),
    ("Expires", "expires"),
    ("Checked", "checked"),
)
ORDERS = {
    "state": "What needs attention first",
    "name": "Name",
    "method": "Method",
    "account": "Account",
    "scope": "Scope",
    "expires": "What expires next",
    "checked": "Checked longest ago",
}
TYPING = "q"  # the id of the search field


class Column(NamedTuple):
    """The head of a column: a link that sorts by it, or turns the order round when it is sorted by already."""

    label: str
    name: str
    query: str
    direction: str  # as `aria-sort` has it; empty: not sorted by it


@require_safe
@signed_in
def home(request: PersonRequest) -> HttpResponse:
    """GET /organization/app-connections: the connections that the person may see."""
    return _answer(request, visible(request.principal), wanted_of(request.GET))


@require_safe
@in_project
def project_home(request: ProjectRequest) -> HttpResponse:
    """GET /projects/{id}/app-connections: those of one project."""
    found = visible(request.principal).filter(project_id=request.project.id)
    return _answer(request, found, replace(wanted_of(request.GET), scope=""), request.project.id)


@require_safe
@in_project
def project(request: ProjectRequest) -> HttpResponse:
    """GET /projects/{id}: a project opens with its connections."""
    return redirect("connections:project-home", project_id=request.project.id)


def _answer(
    request: PersonRequest, found: QuerySet[AppConnection], wanted: Wanted, project_id: uuid.UUID | None = None
) -> HttpResponse:
    """Return the list as a page, or to htmx the parts of it that follow from what is asked for."""
    shown = {
        **_listed(request, found, wanted),
        **_next_steps(request.principal, project_id),
        "wanted": wanted,
    }
    is_part = bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, f"connections/list{'_parts' if is_part else ''}.html", shown)
    patch_vary_headers(response, ["HX-Request"])
    if not is_part:
        return response
    set_url = replace_url if request.htmx.trigger == TYPING else push_url  # type: ignore[attr-defined]
    return set_url(response, request.path + wanted.query())


def _listed(request: PersonRequest, found: QuerySet[AppConnection], wanted: Wanted) -> Mapping[str, Any]:
    """Return the rows of one page, the filters, and what they count: two queries, whatever is asked for."""
    found = with_state(matching(found, wanted.q), timezone.now())
    groups = tally(found)
    counted = [group for group in groups if wanted.includes(group)]
    page = _page(ordered(wanted.narrow(found), wanted.sort), counted, request.GET.get("page"))
    is_of_project = hasattr(request, "project")
    names = {group.project_id: group.project_name for group in groups}
    return {
        "page": page,
        "rows": list(rows_of(request.principal, page, names)),
        "count": _count(counted),
        "attention": _count([group for group in counted if group.status in ATTENTION]),
        "states": listing_query.states(wanted, groups),
        "filters": _filters(wanted, groups, has_scopes=not is_of_project),
        "columns": [
            _column(wanted, label, name) for label, name in COLUMNS if name != "scope" or not is_of_project
        ],
        "orders": _orders(wanted),
    }


def _page(found: QuerySet[AppConnection], groups: list[Group], number: str | None) -> Page[AppConnection]:
    """Return a page of what is counted already; the nearest one where there is none of that number."""
    paginator = Paginator(found, PAGE_SIZE)
    paginator.count = _count(groups)
    return paginator.get_page(number)


def _count(groups: list[Group]) -> int:
    return sum(group.total for group in groups)


def _filters(wanted: Wanted, groups: list[Group], *, has_scopes: bool) -> list[tuple[str, str, list[Choice]]]:
    filters = [
        ("app", "App", listing_query.apps(wanted, groups)),
        ("method", "Method", listing_query.methods(wanted, groups)),
    ]
    if has_scopes:
        filters.append(("scope", "Scope", listing_query.scopes(wanted, groups)))
    return filters


def _column(wanted: Wanted, label: str, name: str) -> Column:
    if wanted.sort == name:
        return Column(label, name, wanted.query(sort=f"-{name}"), "ascending")
    direction = "descending" if wanted.sort == f"-{name}" else ""
    return Column(label, name, wanted.query(sort=name), direction)


def _orders(wanted: Wanted) -> list[tuple[str, str]]:
    """Return the orders to choose from where the heads of the columns are not seen."""
    turned = wanted.sort.removeprefix("-")
    orders = [(name, ORDERS[name]) for name in SORTS]
    return orders if turned == wanted.sort else [*orders, (wanted.sort, f"{ORDERS[turned]}, turned round")]


def _next_steps(principal: Principal, project_id: uuid.UUID | None) -> Mapping[str, Any]:
    """Return what somebody may see and add here, and where: for the head of the page, and for an empty list."""
    places = [project_id] if project_id else [None, *principal.project_roles]
    held = [principal.permissions(place) for place in places]
    steps = [("Add connection", listing_links.new(project_id))]
    if Permission.INSTANCES_EDIT in principal.permissions(None):
        steps.append(("Register instance", reverse("connections:instances")))
    return {
        "new": steps[0][1],
        "steps": steps,
        "may_create": any(Permission.CONNECTIONS_CREATE in each for each in held),
        "may_read": any(Permission.CONNECTIONS_READ in each for each in [*held, principal.permissions(None)]),
        "may_see_members": Permission.MEMBERS_READ in principal.permissions(None),
        "may_connect": any(Permission.CONNECTIONS_CONNECT in each for each in held),
    }
