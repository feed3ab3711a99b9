"""Invitations as admins send them and as invited people open them."""

import re
from typing import TYPE_CHECKING

from django.core.mail import EmailMessage
from django.test import Client

from audit.actors import ActorType
from audit.models import AuditEvent
from organizations.models import Membership, Organization, User
from tests.clients import the_organization
from tests.people import send

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

MEMBERS = "/organization/members"
INVITE = f"{MEMBERS}/invite"
LEAVE = "/organization/leave"
SETTINGS = "/organization/settings"
NEW_ORGANIZATION = "/organization/new"
NEW_PASSWORD = "an even longer sentence of words"


def invite(admin: Client, emails: str = "bob@example.com", *, role: str = "member", **more: str) -> "Response":
    """Fill in the form, and send it."""
    return send(admin, INVITE, {"emails": emails, "role": role, **more})


def link(mail: EmailMessage) -> str:
    """Return the path of the link in a mail."""
    found = re.search(r"http://127\.0\.0\.1:8000(/invitations/\S+)", str(mail.body))
    assert found, mail.body
    return found[1]


def sign_up(client: Client, path: str, **fields: str) -> "Response":
    """Choose a password on the page of an invitation."""
    return send(client, path, {"password": NEW_PASSWORD, **fields})


def post(client: Client, path: str, fields: dict[str, str] | None = None) -> "Response":
    """Send what no form at `path` offers, with a valid proof from another page."""
    client.get("/sign-in")
    client.get("/sign-out")
    token = client.cookies["csrftoken"].value
    return client.post(path, {"csrfmiddlewaretoken": token, **(fields or {})})


def place(user: User, organization: Organization | None = None) -> Membership:
    """Return the membership of somebody in an organization, the first one unless another is named."""
    home = organization or the_organization()
    return Membership.objects.get(
        member_type=ActorType.USER, member_id=user.id, organization=home, project__isnull=True
    )


def roles(user: User, organization: Organization | None = None) -> list[str]:
    return list(place(user, organization).roles.values_list("role", flat=True))


def is_member(user: User, organization: Organization | None = None) -> bool:
    home = organization or the_organization()
    return Membership.objects.filter(member_id=user.id, organization=home).exists()


def events(*types: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(type__in=types).order_by("created_at"))
