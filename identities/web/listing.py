"""The machine identities of an organization."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from identities.models import Identity
from identities.services import identities, memberships
from identities.services.identities import Member
from identities.web.frame import METHOD_WORDS, PER_PAGE, lockouts, words
from organizations.access import Principal
from organizations.roles import ORGANIZATION_ROLES, Permission, Role
from organizations.web.people import PersonRequest, signed_in

ABOUT = (
    "A machine identity is an account for a program: a pipeline, a script, Terraform. It logs in over the API "
    "with credentials of its own, has the roles that you give it, and the audit log knows it by its name."
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list."""

    identity: Identity
    role: str
    methods: list[str]
    last_login_method: str
    locked_until: datetime | None
    projects: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter: how many there are, and whether it is on."""

    label: str
    value: str
    count: int
    is_current: bool


@require_safe
@signed_in
def index(request: PersonRequest) -> HttpResponse:
    """GET /organization/identities: `q` is in the name, `role`, `page`."""
    search, role = request.GET.get("q", "").replace("\0", "").strip(), request.GET.get("role", "")
    named = Q(name__icontains=search)
    found = identities.matching(request.principal, named & of_role(role)).order_by("name", "id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "rows": rows(request.principal, list(page)),
        "chips": chips(request.principal, named, role),
        "search": search,
        "role": role,
        "is_filtered": bool(search or role),
        **next_steps(Permission.IDENTITIES_CREATE in request.principal.permissions(None)),
    }
    template = "identities/found.html" if getattr(request, "htmx", False) else "identities/list.html"
    return render(request, template, shown)


def next_steps(may_create: bool) -> dict[str, Any]:
    """Return what an empty list says, and where it leads."""
    return {
        "may_create": may_create,
        "about": ABOUT if may_create else f"{ABOUT} An admin of the organization can create one.",
        "first_steps": [("Create machine identity", reverse("identities:new"))] if may_create else [],
        "all_steps": [("Show all", reverse("identities:list"))],
    }


def of_role(role: str) -> Q:
    """Return the condition of a filter; a membership without a role is one without access."""
    if role not in ORGANIZATION_ROLES:
        return Q()
    return Q(role=role) | Q(role=None) if role == Role.NO_ACCESS else Q(role=role)


def rows(principal: Principal, found: list[Identity]) -> list[Row]:
    projects = memberships.counts(principal, [identity.id for identity in found])
    locked = lockouts(found)
    return [row(member, locked, projects) for member in identities.in_organization(found)]


def row(member: Member, locked: dict[uuid.UUID, datetime], projects: dict[uuid.UUID, int]) -> Row:
    identity = member.identity
    return Row(
        identity=identity,
        role=words(member.role),
        methods=[METHOD_WORDS[method] for method in identity.auth_methods],
        last_login_method=METHOD_WORDS.get(identity.last_login_method, ""),  # type: ignore[call-overload]
        locked_until=locked.get(identity.id),
        projects=projects.get(identity.id, 0),
    )


def chips(principal: Principal, named: Q, current: str) -> list[Chip]:
    """Return the filters by role with their counts, for what is searched for. One query."""
    found = identities.matching(principal, named).order_by()
    by_role = found.values_list("role").annotate(count=Count("id"))  # type: ignore[misc]  # annotated there
    counts: dict[str, int] = {}
    for role, count in by_role:
        counts[role or Role.NO_ACCESS] = counts.get(role or Role.NO_ACCESS, 0) + count
    every = Chip("All", "", sum(counts.values()), current not in ORGANIZATION_ROLES)
    return [
        every,
        *(Chip(words(role), role, counts.get(role, 0), role == current) for role in ORGANIZATION_ROLES),
    ]
