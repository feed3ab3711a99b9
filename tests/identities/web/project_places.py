"""The members of a project, as the tests of their pages name and place them."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from organizations.models import MembershipRole, Project, User
from tests.people import send
from tests.projects import membership_of


def members(place: Project) -> str:
    return f"/projects/{place.id}/members"


def of(user: User, place: Project) -> str:
    return f"{members(place)}/{membership_of(user, place).id}"


def choice(user: User) -> str:
    return f"user:{user.id}"


def add(client: Client, place: Project, member: str, *roles: str) -> int:
    return send(client, f"{members(place)}/new", {"member": member, "roles": list(roles)}).status_code  # type: ignore[dict-item]  # several of one name


def make_temporary(user: User, place: Project, role: str, lasts: timedelta) -> MembershipRole:
    now = timezone.now()
    return MembershipRole.objects.create(
        membership=membership_of(user, place),
        role=role,
        temporary_mode="relative",
        temporary_range=f"{int(lasts.total_seconds())}s",
        starts_at=now,
        ends_at=now + lasts,
    )
