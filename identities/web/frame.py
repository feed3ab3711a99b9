"""What the pages of one machine identity have in common."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from identities.models import AuthMethodName, Identity
from identities.services import identities, lockout
from identities.services.identities import Member
from organizations.access import Principal
from organizations.roles import ORGANIZATION_ROLES, Permission
from organizations.web.people import PersonRequest
from wire.pages import Tab

METHOD_WORDS = {AuthMethodName.UNIVERSAL_AUTH: "Universal auth", AuthMethodName.TOKEN_AUTH: "Token auth"}
PER_PAGE = 50


TABS = {
    "identities:detail": "Overview",
    "identities:universal-auth": "Universal auth",
    "identities:token-auth": "Token auth",
}


def words(role: str) -> str:
    """Return a role as it is shown."""
    return role.replace("-", " ").capitalize()


def may(principal: Principal, permission: Permission, member: Member) -> bool:
    """Tell whether the services let the principal do this to an identity: not to one that may do more."""
    held = principal.permissions(None)
    return permission in held and ORGANIZATION_ROLES[member.role] <= held


def lockouts(rows: list[Identity]) -> dict[uuid.UUID, datetime]:
    """Return when the lockouts of identities end, for those that are locked out. One query."""
    auths = [row.universal_auth for row in rows if hasattr(row, "universal_auth")]
    return lockout.ends_of(auths, timezone.now())


def address(name: str, identity: Identity, **more: Any) -> str:
    return reverse(f"identities:{name}", kwargs={"identity_id": identity.id, **more})


def member_for(request: PersonRequest, identity_id: uuid.UUID, permission: Permission) -> Member:
    """Return the identity of a page; raises NotFound and PermissionDenied, as the services do."""
    return identities.member_of(identities.find(request.principal, permission, identity_id=str(identity_id)))


def posted(request: PersonRequest) -> QueryDict | None:
    """Return what a form was sent with; None when it is only asked for."""
    return request.POST if request.method == "POST" else None


def page(
    request: PersonRequest,
    template: str,
    member: Member,
    *,
    current: str = "",
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """Return a page of an identity; `current` is the address name of the tab that it is."""
    identity = member.identity
    tabs = [
        Tab(label, reverse(name, kwargs={"identity_id": identity.id}), name == current)
        for name, label in TABS.items()
    ]
    frame = {
        "member": member,
        "identity": identity,
        "role": words(member.role),
        "tabs": tabs,
        "may_edit": may(request.principal, Permission.IDENTITIES_EDIT, member),
        "may_delete": may(request.principal, Permission.IDENTITIES_DELETE, member),
    }
    return render(request, f"identities/{template}.html", {**frame, **shown}, status=status)


def question(
    request: PersonRequest, member: Member, *, title: str, text: str, does: str, back: str
) -> HttpResponse:
    """Return a page that asks before something is done that cannot be undone; its form posts to the address."""
    return page(request, "question", member, title=title, text=text, does=does, back=back)
