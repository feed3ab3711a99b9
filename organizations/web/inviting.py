"""Invitations as an admin sees them: sent, sent again, revoked. Their links stand in the mails alone."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from organizations import invitations
from organizations.access import require_organization
from organizations.invitations import NotInvitable, Sent
from organizations.roles import Permission, Role
from organizations.web.invitation_mail import send
from organizations.web.member_forms import InviteForm
from organizations.web.people import PersonRequest, signed_in
from wire.errors import BadRequest, Forbidden, NotFound

PRINTS_MAIL = "django.core.mail.backends.console.EmailBackend"


@require_http_methods(["GET", "POST"])
@signed_in
def invite(request: PersonRequest) -> HttpResponse:
    """GET and POST /organization/members/invite: one or several people by their addresses."""
    require_organization(request.principal, Permission.MEMBERS_CREATE)
    projects = invitations.projects_to_invite_to(request.principal)
    form = InviteForm(request.POST or None, projects=projects, initial={"role": Role.MEMBER})
    sent = _sent(request, form) if request.method == "POST" and form.is_valid() else []
    if sent:
        for each in sent:
            send(each)
        messages.success(request, _told(sent))
        return redirect("organizations:members")
    status = 422 if request.method == "POST" else 200
    shown = {"form": form, "prints_mail": settings.EMAIL_BACKEND == PRINTS_MAIL}
    return render(request, "organizations/invite.html", shown, status=status)


def _sent(request: PersonRequest, form: InviteForm) -> list[Sent]:
    """Store the invitations of a valid form; what is wrong with an address goes to its field."""
    filled = form.cleaned_data
    try:
        return invitations.invite(
            request.principal,
            emails=filled["emails"],
            role=Role(filled["role"]),
            project_roles=form.project_roles(),
        )
    except NotInvitable as error:
        for email, fault in error.faults.items():
            form.add_error("emails", f"{email} {fault}")
    except (BadRequest, NotFound) as error:
        form.add_error("emails", str(error))
    except Forbidden as error:
        form.add_error("role", str(error))
    return []


def _told(sent: list[Sent]) -> str:
    only = sent[0].invitation.email
    return (
        f"An invitation is on its way to {only}."
        if len(sent) == 1
        else f"{len(sent)} invitations are on their way."
    )


@require_POST
@signed_in
def send_again(request: PersonRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """POST /organization/invitations/<id>/send: a new link by mail; the old one works no longer."""
    sent = invitations.send_again(request.principal, invitation_id=invitation_id)
    send(sent)
    messages.success(request, f"A new link is on its way to {sent.invitation.email}. The old one works no longer.")
    return redirect("organizations:members")


@require_http_methods(["GET", "POST"])
@signed_in
def revoke(request: PersonRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/invitations/<id>/revoke: ask, and end an invitation."""
    invitation = invitations.get_open(request.principal, invitation_id=invitation_id)
    if request.method == "POST":
        invitations.revoke(request.principal, invitation_id=invitation_id)
        messages.success(request, f"The invitation of {invitation.email} is revoked. Its link works no longer.")
        return redirect("organizations:members")
    return render(request, "organizations/revoke.html", {"invitation": invitation})
