"""One member's place in a project: other roles, taken out, and one's own end in it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from identities.services import project_members
from identities.services.project_members import Member
from identities.web.project_forms import RolesForm
from organizations import project_members as people
from organizations.access import permissions_of, require
from organizations.project_roles import Given
from organizations.roles import Permission, Role
from organizations.services import project_not_found
from organizations.web.people import ProjectRequest, in_project
from wire.errors import BadRequest, BeyondPrivileges

P = Permission


@require_http_methods(["GET", "HEAD", "POST"])
@in_project
def change(request: ProjectRequest, membership_id: uuid.UUID) -> HttpResponse:
    """/projects/<id>/members/<id>: the roles of a member, and other ones."""
    member = _member(request, P.MEMBERS_EDIT, membership_id)
    form = RolesForm(request.POST if request.method == "POST" else None, held=member.roles)
    if form.is_valid():
        given = form.given()
        try:
            project_members.update(request.principal, member=member, roles=given)
        except (BadRequest, BeyondPrivileges) as error:
            form.add_error("roles", str(error))
        else:
            messages.success(request, f"The roles of {member.name} are changed.")
            return _after_change(request, member, given)
    shown = {"form": form, "member": member}
    return render(request, "identities/project_member.html", shown, status=422 if form.is_bound else 200)


def _after_change(request: ProjectRequest, member: Member, given: list[Given]) -> HttpResponseRedirect:
    """Lead back to the members, or to the projects who has just given away the right to see them."""
    held = permissions_of(Role(one.role) for one in given if not one.is_temporary)
    if member.is_oneself and P.MEMBERS_READ not in held:
        return redirect("organizations:projects")
    return redirect("identities:project-members", project_id=request.project.id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_project
def remove(request: ProjectRequest, membership_id: uuid.UUID) -> HttpResponse:
    """/projects/<id>/members/<id>/remove: ask whether a member is to go, and take them out."""
    member, refusal = _member(request, P.MEMBERS_DELETE, membership_id), ""
    if member.is_oneself:
        return redirect("identities:project-leave", project_id=request.project.id)
    if request.method == "POST":
        try:
            project_members.remove(request.principal, member=member)
        except BadRequest as error:
            refusal = str(error)
        else:
            messages.success(request, f"{member.name} is no longer a member of the project.")
            return redirect("identities:project-members", project_id=request.project.id)
    shown = {"member": member, "refusal": refusal}
    return render(request, "identities/project_member_remove.html", shown, status=422 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_project
def leave(request: ProjectRequest) -> HttpResponse:
    """/projects/<id>/members/leave: ask whether somebody wants to leave the project, and let them."""
    refusal = ""
    if request.method == "POST":
        try:
            people.leave(request.principal, project_id=str(request.project.id))
        except BadRequest as error:
            refusal = str(error)
        else:
            messages.success(request, f"You have left {request.project.name}.")
            return redirect("organizations:projects")
    return render(request, "identities/project_leave.html", {"refusal": refusal}, status=422 if refusal else 200)


def _member(request: ProjectRequest, permission: Permission, membership_id: uuid.UUID) -> Member:
    """Return the member to act on; raises PermissionDenied for who may not, NotFound."""
    project = request.project
    require(
        request.principal,
        permission,
        organization_id=project.organization_id,
        project_id=project.id,
        missing=project_not_found(project.id),
    )
    return project_members.get_member(request.principal, project=project, membership_id=membership_id)
