"""The members of a project, people and machine identities together; the services of their kind change them."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Lower
from django.utils import timezone

from audit.actors import ActorType
from identities.models import Identity
from identities.services import memberships
from organizations import project_members
from organizations.access import Principal
from organizations.models import Membership, MembershipRole, Project, User
from organizations.project_roles import Given
from organizations.roles import Permission
from organizations.services import get_project
from wire.errors import NotFound

P = Permission
MOST_CANDIDATES = 100
PERSON, IDENTITY = ActorType.USER, ActorType.IDENTITY


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a project: a person by their address, an identity by its name. Roles that ended are left out."""

    membership: Membership
    name: str
    full_name: str
    is_active: bool
    is_oneself: bool
    roles: list[MembershipRole]

    @property
    def is_person(self) -> bool:
        return self.membership.member_type == PERSON


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the organization who could be added to a project."""

    kind: ActorType
    id: uuid.UUID
    name: str


def find_members(
    principal: Principal, *, project: Project, search: str = "", kind: str = ""
) -> QuerySet[Membership]:
    """Return the memberships of a project whose members are called `search`, by name; `kind` leaves one kind.

    Raises PermissionDenied for who may not see them.
    """
    get_project(principal, P.MEMBERS_READ, project_id=str(project.id))
    people = User.objects.filter(pk=OuterRef("member_id")).values("email")
    identities = Identity.objects.filter(pk=OuterRef("member_id")).values("name")
    name = Case(
        When(member_type=PERSON, then=Subquery(people)), default=Subquery(identities), output_field=CharField()
    )
    found = Membership.objects.filter(project=project).annotate(name=name).exclude(name=None)
    if kind:
        found = found.filter(member_type=kind)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(member_id__in=_called(search)))
    return found.prefetch_related("roles").order_by(Lower("name"), "pk")


def _called(search: str) -> QuerySet[User, uuid.UUID]:
    named = User.objects.filter(Q(first_name__icontains=search) | Q(last_name__icontains=search))
    return named.values_list("pk", flat=True)


def count_by_kind(principal: Principal, *, project: Project, search: str = "") -> dict[str, int]:
    """Return how many people and how many machine identities are called `search`."""
    found = find_members(principal, project=project, search=search).prefetch_related(None).order_by()
    return dict(found.values_list("member_type").annotate(Count("pk")))


def as_members(principal: Principal, rows: Iterable[Membership]) -> list[Member]:
    """Return found memberships with their members, in two queries for any number."""
    places = list(rows)
    users = User.objects.in_bulk([place.member_id for place in places if place.member_type == PERSON])
    return [_member(principal, place, users.get(place.member_id)) for place in places]


def _member(principal: Principal, place: Membership, user: User | None) -> Member:
    now = timezone.now()
    current = [role for role in place.roles.all() if role.ends_at is None or now < role.ends_at]
    return Member(
        membership=place,
        name=place.name,  # type: ignore[attr-defined]  # annotated by find_members
        full_name=f"{user.first_name} {user.last_name}".strip() if user else "",
        is_active=user is None or user.is_active,
        is_oneself=(place.member_type, place.member_id) == (principal.actor.type, principal.actor.id),
        roles=sorted(current, key=lambda role: (role.temporary_mode is not None, role.created_at)),
    )


def get_member(principal: Principal, *, project: Project, membership_id: uuid.UUID) -> Member:
    """Return one member of a project; raises NotFound, PermissionDenied."""
    found = find_members(principal, project=project).filter(pk=membership_id)
    members = as_members(principal, found)
    if not members:
        raise NotFound(project_members.NO_SUCH_MEMBER)
    return members[0]


def candidates(principal: Principal, *, project: Project, search: str = "") -> tuple[list[Candidate], int]:
    """Return the first who could be added to a project and match `search`, and how many there are in all.

    People for those who may see the organization's members, identities for those who may see its identities.
    """
    get_project(principal, P.MEMBERS_CREATE, project_id=str(project.id))
    held, found, count = principal.permissions(None), list[Candidate](), 0
    if P.MEMBERS_READ in held:
        words = Q(email__icontains=search) | Q(first_name__icontains=search) | Q(last_name__icontains=search)
        people = project_members.candidates(principal, project).filter(words)
        found += [Candidate(PERSON, user.id, user.email) for user in people[:MOST_CANDIDATES]]
        count += people.count()
    if P.IDENTITIES_READ in held:
        machines = _identities_outside(project).filter(name__icontains=search)
        found += [Candidate(IDENTITY, row.id, row.name) for row in machines[:MOST_CANDIDATES]]
        count += machines.count()
    return found, count


def _identities_outside(project: Project) -> QuerySet[Identity]:
    inside = Membership.objects.filter(project=project, member_type=IDENTITY).values("member_id")
    mine = Identity.objects.filter(organization_id=project.organization_id)
    return mine.exclude(pk__in=inside).order_by("name", "pk")


def add(principal: Principal, *, project: Project, kind: str, member_id: uuid.UUID, roles: Sequence[Given]) -> None:
    """Make somebody of the organization a member of a project; raises what the services of their kind do."""
    project_id = str(project.id)
    if kind == PERSON:
        project_members.add(principal, project_id=project_id, user_id=member_id, roles=roles)
    else:
        memberships.add(principal, project_id=project_id, identity_id=str(member_id), roles=roles)


def update(principal: Principal, *, member: Member, roles: Sequence[Given]) -> None:
    """Replace the roles of a member; raises what the services of their kind do."""
    place = member.membership
    project_id = str(place.project_id)
    if member.is_person:
        project_members.update(principal, project_id=project_id, membership_id=place.id, roles=roles)
    else:
        memberships.update(principal, project_id=project_id, identity_id=str(place.member_id), roles=roles)


def remove(principal: Principal, *, member: Member) -> None:
    """Take a member out of their project; raises what the services of their kind do."""
    place = member.membership
    project_id = str(place.project_id)
    if member.is_person:
        project_members.remove(principal, project_id=project_id, membership_id=place.id)
    else:
        memberships.remove(principal, project_id=project_id, identity_id=str(place.member_id))
