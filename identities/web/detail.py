"""One machine identity: made, looked at, changed, deleted."""

import uuid
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from identities.models import Identity
from identities.services import identities, memberships
from identities.services.identities import Member
from identities.services.memberships import ProjectMember
from identities.web.forms import DeleteForm, IdentityForm, refuse
from identities.web.frame import METHOD_WORDS, lockouts, member_for, page, posted, words
from organizations.access import require_organization
from organizations.models import MembershipRole, Project
from organizations.roles import Permission
from organizations.web.people import PersonRequest, signed_in
from wire.errors import BadRequest

P = Permission


class Place(NamedTuple):
    """A project that an identity is in, and its roles there."""

    project: Project
    roles: list[tuple[str, MembershipRole]]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: PersonRequest) -> HttpResponse:
    """GET and POST /organization/identities/new."""
    require_organization(request.principal, P.IDENTITIES_CREATE)
    roles = identities.roles_to_give(request.principal)
    form = IdentityForm(posted(request), roles=roles)
    if not form.is_valid():
        shown = {"form": form}
        return render(request, "identities/new.html", shown, status=422 if form.errors else 200)
    member = identities.create_identity(
        request.principal,
        organization_id=str(request.principal.organization_id),
        metadata=[],
        **form.cleaned_data,
    )
    messages.success(request, f"{member.identity.name} is created. Add a way to log in.")
    return redirect("identities:detail", identity_id=member.identity.id)


@require_safe
@signed_in
def overview(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET /organization/identities/<id>."""
    member = member_for(request, identity_id, P.IDENTITIES_READ)
    identity = member.identity
    method = identity.last_login_method
    return page(
        request,
        "detail",
        member,
        current="identities:detail",
        last_login_method=METHOD_WORDS.get(method, ""),  # type: ignore[call-overload]
        locked_until=lockouts([identity]).get(identity.id),
        methods=identity.auth_methods,
        places=places(memberships.of_identity(request.principal, identity_id=str(identity.id))),
    )


def places(found: list[ProjectMember]) -> list[Place]:
    return [
        Place(place.membership.project, [(words(role.role), role) for role in place.membership.roles.all()])
        for place in found
        if place.membership.project
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/identities/<id>/edit."""
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    stored = {
        "name": member.identity.name,
        "role": member.role.value,
        "has_delete_protection": member.identity.has_delete_protection,
    }
    roles = identities.roles_to_give(request.principal)
    form = IdentityForm(posted(request), initial=stored, roles=roles)
    if form.is_valid():
        changes = {name: value for name, value in form.cleaned_data.items() if value != stored[name]}
        if saved(request, form, member, changes):
            return redirect("identities:detail", identity_id=identity_id)
    return page(request, "edit", member, form=form, status=422 if form.errors else 200)


def saved(request: PersonRequest, form: IdentityForm, member: Member, changes: dict[str, Any]) -> bool:
    """Store changes; what the service refuses is about the role, and is put there."""
    if not changes:
        messages.info(request, "Nothing was changed.")
        return True
    try:
        identities.update_identity(request.principal, identity_id=str(member.identity.id), changes=changes)
    except BadRequest as error:
        refuse(form, error, "role")
        return False
    messages.success(request, f"{changes.get('name', member.identity.name)} is changed.")
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def delete(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/identities/<id>/delete."""
    member = member_for(request, identity_id, P.IDENTITIES_DELETE)
    form = DeleteForm(posted(request), identity=member.identity)
    if form.is_valid() and deleted(request, form, member.identity):
        return redirect("identities:list")
    return page(request, "delete", member, form=form, status=422 if form.errors else 200)


def deleted(request: PersonRequest, form: DeleteForm, identity: Identity) -> bool:
    try:
        identities.delete_identity(request.principal, identity_id=str(identity.id))
    except BadRequest as error:
        refuse(form, error)
        return False
    messages.success(request, f"{identity.name} is deleted, with its logins, tokens and memberships.")
    return True
