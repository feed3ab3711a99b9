"""The settings of a project, and its end."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from organizations import services
from organizations.access import require
from organizations.models import Project
from organizations.roles import Permission
from organizations.web.people import ProjectRequest, in_project
from organizations.web.project_forms import DeleteForm, ProjectForm
from wire.errors import BadRequest, Forbidden

P = Permission
IS_PROTECTED = "Delete protection is on. Switch it off in the settings, save, and come back."


@require_http_methods(["GET", "HEAD", "POST"])
@in_project
def settings(request: ProjectRequest) -> HttpResponse:
    """/projects/<id>/settings: facts for members, a form for who may change them."""
    project = request.project
    held = request.principal.permissions(project.id)
    form = ProjectForm(_sent(request), initial=_facts(project)) if P.PROJECTS_EDIT in held else None
    if request.method == "POST":
        _require(request, P.PROJECTS_EDIT)
        if form and form.is_valid() and _save(request, form):
            return redirect("organizations:project-settings", project_id=project.id)
    shown = {"form": form, "may_delete": P.PROJECTS_DELETE in held}
    status = 422 if request.method == "POST" else 200
    return render(request, "organizations/project_settings.html", shown, status=status)


def _sent(request: ProjectRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _facts(project: Project) -> dict[str, object]:
    return {
        "name": project.name,
        "slug": project.slug,
        "description": project.description or "",
        "has_delete_protection": project.has_delete_protection,
    }


def _save(request: ProjectRequest, form: ProjectForm) -> bool:
    """Store what was changed; says whether it worked, and puts into the form why not."""
    changes = form.changes()
    if not changes:
        messages.info(request, "Nothing was changed.")
        return True
    try:
        services.update_project(request.principal, project_id=str(request.project.id), changes=changes)
    except BadRequest as error:
        form.add_error("slug", str(error))
        return False
    messages.success(request, "The settings are saved.")
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@in_project
def delete(request: ProjectRequest) -> HttpResponse:
    """/projects/<id>/settings/delete: ask for the name, say what goes with the project, and delete it."""
    _require(request, P.PROJECTS_DELETE)
    project = request.project
    form = DeleteForm(_sent(request), project=project)
    if request.method == "POST" and form.is_valid():
        try:
            services.delete_project_named(
                request.principal, project_id=str(project.id), name=form.cleaned_data["name"]
            )
        except BadRequest as error:
            form.add_error("name", str(error))
        except Forbidden:
            form.add_error(None, IS_PROTECTED)
        else:
            messages.success(request, f"{project.name} is deleted.")
            return redirect("organizations:projects")
    shown = {"form": form, "member_count": project.memberships.count()}
    return render(request, "organizations/project_delete.html", shown, status=422 if form.is_bound else 200)


def _require(request: ProjectRequest, permission: Permission) -> None:
    """Raise PermissionDenied for members whose role does not allow it."""
    require(
        request.principal,
        permission,
        organization_id=request.project.organization_id,
        project_id=request.project.id,
        missing=services.project_not_found(request.project.id),
    )
