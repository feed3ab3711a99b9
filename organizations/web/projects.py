"""The projects of an organization: the list, a new one, and joining one."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from organizations import project_members, services
from organizations.access import require_organization
from organizations.models import Project
from organizations.project_list import as_listed, find_projects, sees_all
from organizations.roles import Permission
from organizations.web import listing
from organizations.web.people import PersonRequest, signed_in
from organizations.web.project_forms import NewProjectForm, suggested_slugs
from wire.errors import BadRequest

P = Permission


@require_GET
@signed_in
def listed(request: PersonRequest) -> HttpResponse:
    """GET /organization/projects: those the person sees; `?q=` searches, `?show=own` leaves those they are in."""
    principal, search = request.principal, listing.search_of(request)
    is_own_only = request.GET.get("show") == "own"
    page = listing.page_of(request, find_projects(principal, search=search, own_only=is_own_only))
    may_create = P.PROJECTS_CREATE in principal.permissions(None)
    shown = {
        "page": page,
        "rows": as_listed(principal, page.object_list),
        "search": search,
        "is_own_only": is_own_only,
        "is_filtered": bool(search or is_own_only),
        "sees_all": sees_all(principal),
        "may_create": may_create,
        "steps": [("Create project", reverse("organizations:project-new"))] if may_create else [],
    }
    if sees_all(principal):
        shown["all_count"] = find_projects(principal, search=search).count()
        shown["own_count"] = find_projects(principal, search=search, own_only=True).count()
    return listing.answer(request, "organizations/projects.html", "organizations/project_rows.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: PersonRequest) -> HttpResponse:
    """/organization/projects/new: the form, and what was filled in."""
    require_organization(request.principal, P.PROJECTS_CREATE)
    form = NewProjectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            project = _create(request, form)
        except BadRequest as error:
            form.add_error("slug", str(error))
        else:
            messages.success(request, f"{project.name} is created. You are its only member so far.")
            return redirect("identities:project-members", project_id=project.id)
    status = 422 if request.method == "POST" else 200
    return render(request, "organizations/project_new.html", {"form": form}, status=status)


def _create(request: PersonRequest, form: NewProjectForm) -> Project:
    filled = form.cleaned_data
    return services.create_project(
        request.principal,
        name=filled["name"],
        slug=filled["slug"] or None,
        description=filled["description"],
        kind="secret-manager",
        with_default_environments=True,
        has_delete_protection=False,
        kms_key_id=None,
    )


@require_GET
@signed_in
def slugs(request: PersonRequest) -> HttpResponse:
    """GET /organization/projects/new/slugs: what `?name=` could be called by, while the form is filled in."""
    require_organization(request.principal, P.PROJECTS_CREATE)
    made = suggested_slugs(request.GET.get("name", "")[:64], request.principal.organization_id)
    return render(request, "organizations/project_slugs.html", {"slugs": made})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def join(request: PersonRequest, project_id: uuid.UUID) -> HttpResponse:
    """/organization/projects/<id>/join: ask an admin of the organization whether they mean it, and do it."""
    project = project_members.project_to_join(request.principal, project_id=str(project_id))
    if request.method == "POST":
        project_members.join(request.principal, project_id=str(project_id))
        messages.success(request, f"You are an admin of {project.name} now.")
        return redirect("identities:project-members", project_id=project.id)
    return render(request, "organizations/project_join.html", {"joined": project})
