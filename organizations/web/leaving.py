"""The ways out of an organization: being removed, and leaving. Both ask first."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from organizations import members as services
from organizations.members import Person
from organizations.roles import Permission
from organizations.web.people import CHOSEN, PersonRequest, signed_in
from wire.errors import BadRequest


@require_http_methods(["GET", "POST"])
@signed_in
def remove(request: PersonRequest, membership_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/members/<id>/remove: take a person out; for oneself, go to where one leaves."""
    person = services.get_person(request.principal, Permission.MEMBERS_DELETE, membership_id=membership_id)
    if person.user.id == request.user.id:
        return redirect("organizations:leave")
    error = ""
    if request.method == "POST":
        try:
            services.remove(request.principal, membership_id=membership_id)
        except BadRequest as refused:
            error = str(refused)
        else:
            messages.success(request, f"{person.user.email} is no longer a member of {request.organization.name}.")
            return redirect("organizations:members")
    return _ask(request, "organizations/remove.html", person, error)


@require_http_methods(["GET", "POST"])
@signed_in
def leave(request: PersonRequest) -> HttpResponse:
    """GET and POST /organization/leave: leave the organization that one looks at, whatever one's role."""
    person = services.oneself(request.principal)
    error = ""
    if request.method == "POST":
        try:
            services.leave(request.principal)
        except BadRequest as refused:
            error = str(refused)
        else:
            request.session.pop(CHOSEN, None)
            messages.success(request, f"You have left {request.organization.name}.")
            return redirect("/")
    return _ask(request, "organizations/leave.html", person, error)


def _ask(request: PersonRequest, template: str, person: Person, error: str) -> HttpResponse:
    alone = services.projects_left_alone(request.principal, person)
    return render(
        request, template, {"person": person, "projects": alone, "error": error}, status=422 if error else 200
    )
