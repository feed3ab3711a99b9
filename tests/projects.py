"""Projects with people in them, made without the pages."""

from collections.abc import Iterable

from audit.actors import ActorType
from organizations.models import Membership, Organization, Project, User
from organizations.services import add_member
from tests.clients import the_organization
from tests.people import person


def project(name: str = "Platform", *, organization: Organization | None = None, **fields: object) -> Project:
    """Return a new project that nobody is in."""
    home = organization or the_organization()
    slug = name.lower().replace(" ", "-")
    return Project.objects.create(**{"organization": home, "name": name, "slug": slug, **fields})


def put_into(user: User, place: Project, roles: Iterable[str]) -> Membership:
    """Make somebody a member of a project."""
    return add_member(
        organization_id=place.organization_id,
        project=place,
        member_type=ActorType.USER,
        member_id=user.id,
        roles=[{"role": role} for role in roles],
    )


def member(place: Project, *roles: str, email: str, role: str = "member") -> User:
    """Return a new person with these roles in a project, and `role` in its organization."""
    user = person(email, role=role, organization=place.organization)
    put_into(user, place, roles)
    return user


def roles_of(user: User, place: Project) -> list[str] | None:
    """Return the roles that somebody has in a project, by name; None for somebody who is not in it."""
    own = Membership.objects.filter(member_type=ActorType.USER, member_id=user.id, project=place).first()
    return sorted(own.roles.values_list("role", flat=True)) if own else None


def membership_of(user: User, place: Project) -> Membership:
    return Membership.objects.get(member_type=ActorType.USER, member_id=user.id, project=place)
