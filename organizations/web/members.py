"""The people of an organization: who they are, and which role they have."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from organizations import invitations
from organizations import members as services
from organizations.members import Person
from organizations.roles import ORGANIZATION_ROLES, Permission, Role
from organizations.web.member_forms import ROLE_NAMES, RoleForm
from organizations.web.people import PersonRequest, signed_in
from wire.errors import BadRequest
from wire.origin import printable

P = Permission
PAGE_SIZE = 50
LONGEST_SEARCH = 128


@require_GET
@signed_in
def members(request: PersonRequest) -> HttpResponse:
    """GET /organization/members: the people, searched by `q` and filtered by `role`, and who is invited.

    htmx asks for the list alone.
    """
    principal = request.principal
    search = printable(request.GET.get("q", "")).strip()[:LONGEST_SEARCH]
    wanted = request.GET.get("role", "")
    role = wanted if wanted in ORGANIZATION_ROLES else ""
    page = Paginator(services.find_people(principal, search=search, role=role), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    held = principal.permissions(None)
    shown = {
        "page": page,
        "people": services.as_people(principal, page),
        "search": search,
        "role": role,
        "roles": _roles(request, search),
        "may_invite": P.MEMBERS_CREATE in held,
        "may_edit": P.MEMBERS_EDIT in held,
        "may_remove": P.MEMBERS_DELETE in held,
        "sees_identities": P.IDENTITIES_READ in held,
    }
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return render(request, "organizations/people.html", shown)
    shown["invitations"] = list(invitations.list_open(principal)) if P.MEMBERS_CREATE in held else []
    return render(request, "organizations/members.html", shown)


def _roles(request: PersonRequest, search: str) -> list[tuple[str, str, int]]:
    """Return each role to filter by, its name, and how many of those who match hold it."""
    counts = services.count_by_role(request.principal, search=search)
    return [(role.value, ROLE_NAMES[role], counts.get(role, 0)) for role in ORGANIZATION_ROLES]


@require_http_methods(["GET", "POST"])
@signed_in
def role(request: PersonRequest, membership_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/members/<id>/role: another role for a person."""
    person = services.get_person(request.principal, P.MEMBERS_EDIT, membership_id=membership_id)
    is_oneself = person.user.id == request.user.id
    form = RoleForm(request.POST or None, is_oneself=is_oneself, initial={"role": person.role})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_role(
                request.principal, membership_id=membership_id, role=Role(form.cleaned_data["role"])
            )
        except BadRequest as error:
            form.add_error("role", str(error))
        else:
            return _changed(request, person, Role(form.cleaned_data["role"]))
    shown: dict[str, Any] = {"form": form, "person": person, "is_oneself": is_oneself}
    return render(request, "organizations/role.html", shown, status=422 if form.is_bound else 200)


def _changed(request: PersonRequest, person: Person, role: Role) -> HttpResponse:
    messages.success(request, f"{person.user.email} has the role {ROLE_NAMES[role]} now.")
    is_still_allowed = person.user.id != request.user.id or P.MEMBERS_READ in ORGANIZATION_ROLES[role]
    return redirect("organizations:members") if is_still_allowed else redirect("/")
