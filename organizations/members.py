"""The people of an organization: listed, given another role, removed, leaving. A change commits with its event."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from audit import log
from audit.actors import ActorType
from audit.events import Event
from audit.subjects import Subject
from organizations.access import Principal, denied, permissions_of, require_organization, require_within
from organizations.admins import keep_an_admin, lock_roles
from organizations.models import Invitation, Membership, MembershipRole, Project, User
from organizations.roles import ORGANIZATION_ROLES, Permission, Role
from organizations.services import principal_of, set_roles
from wire.errors import BadRequest, Forbidden, NotFound

P = Permission
NONE = Role.NO_ACCESS
NO_SUCH_PERSON = "This person is not a member of the organization, or no longer."
BEYOND = "You cannot change or give a role that allows more than your own does for good."
ONESELF = "You cannot remove yourself. You can leave the organization instead."


@dataclass(frozen=True, slots=True)
class Person:
    """A person with their place in an organization, and its roles: those that hold and those to come."""

    user: User
    membership: Membership
    roles: list[MembershipRole]

    @property
    def role(self) -> Role:
        """The role that holds now; `no-access` for a membership without one."""
        return next((Role(held.role) for held in self.roles if not held.is_to_come), NONE)

    @property
    def permanent_role(self) -> Role | None:
        """The role, if it is the only one and has no end: what can be chosen on a page."""
        only = self.roles[0] if len(self.roles) == 1 else None
        return Role(only.role) if only and not only.starts_at and not only.ends_at else None


def ids_of_people_with_password() -> QuerySet[User, Any]:
    """Return the ids of the people who can sign in with a password."""
    able = User.objects.filter(is_active=True).exclude(password="").exclude(password__startswith="!")  # noqa: S106
    return able.values("id")


def find_people(principal: Principal, *, search: str = "", role: str = "") -> QuerySet[User, Any]:
    """Return the people of the organization by address: those who match `search` and hold `role` now, if given."""
    require_organization(principal, P.MEMBERS_READ)
    people = User.objects.filter(Exists(_places(principal).filter(member_id=OuterRef("pk")))).annotate(
        role=Coalesce(Subquery(_active_roles(principal.organization_id).values("role")[:1]), Value(NONE.value))
    )
    if search:
        named = Q(email__icontains=search) | Q(first_name__icontains=search) | Q(last_name__icontains=search)
        people = people.filter(named)
    return (people.filter(role=role) if role else people).order_by("email")


def _active_roles(organization_id: uuid.UUID) -> QuerySet[MembershipRole]:
    """Return the roles that the outer query's person holds now."""
    now = timezone.now()
    return MembershipRole.objects.filter(
        Q(starts_at=None) | Q(starts_at__lte=now),
        Q(ends_at=None) | Q(ends_at__gt=now),
        membership__organization_id=organization_id,
        membership__project=None,
        membership__member_id=OuterRef("pk"),
    ).order_by("created_at", "pk")


def count_by_role(principal: Principal, *, search: str = "") -> dict[str, int]:
    """Return how many people who match `search` hold each role."""
    people = find_people(principal, search=search).order_by()
    return dict(people.values_list("role").annotate(Count("pk")))  # type: ignore[misc]  # `role` is annotated


def as_people(principal: Principal, users: Iterable[User]) -> list[Person]:
    """Return users of the organization with their places in it, in two queries for any number."""
    rows = list(users)
    places = _places(principal).filter(member_id__in=[user.id for user in rows]).prefetch_related("roles")
    by_member = {place.member_id: place for place in places}
    return [_person(user, by_member[user.id]) for user in rows if user.id in by_member]


def _places(principal: Principal) -> QuerySet[Membership]:
    return Membership.objects.filter(
        organization_id=principal.organization_id, project=None, member_type=ActorType.USER
    )


def _person(user: User, membership: Membership) -> Person:
    now = timezone.now()
    roles = [role for role in membership.roles.all() if role.ends_at is None or now < role.ends_at]
    return Person(user, membership, sorted(roles, key=lambda role: (role.created_at, role.pk)))


def get_person(principal: Principal, permission: Permission, *, membership_id: uuid.UUID) -> Person:
    """Return one person of the organization; raises PermissionDenied, NotFound."""
    require_organization(principal, permission)
    return _existing(principal, Q(pk=membership_id))


def oneself(principal: Principal) -> Person:
    """Return the person who asks, with their place in the organization; raises NotFound for a machine."""
    return _existing(principal, Q(member_id=principal.actor.id, member_type=principal.actor.type))


def _existing(principal: Principal, which: Q, *, lock: bool = False) -> Person:
    places = _places(principal).filter(which)
    place = (places.select_for_update() if lock else places).first()
    user = User.objects.filter(pk=place.member_id).first() if place else None
    if place is None or user is None:
        raise NotFound(NO_SUCH_PERSON)
    return _person(user, place)


def held_for_good(principal: Principal, project_id: uuid.UUID | None) -> frozenset[Permission]:
    """Return what the principal may do by permanent roles: nobody outlasts a temporary one by giving it away."""
    permanent = MembershipRole.objects.filter(
        membership__organization_id=principal.organization_id,
        membership__project=project_id,
        membership__member_type=principal.actor.type,
        membership__member_id=str(principal.actor.id),
        starts_at=None,
        ends_at=None,
    )
    roles = [Role(role) for role in permanent.values_list("role", flat=True)]
    if project_id is not None:
        return permissions_of(roles)
    return frozenset().union(*(ORGANIZATION_ROLES[role] for role in roles))


def held_now(principal: Principal, permission: Permission) -> Principal:
    """Wait for other changes of the members, and return what the principal is after them.

    Raises PermissionDenied for somebody who has lost the permission meanwhile. Call it inside a transaction.
    """
    lock_roles(principal.organization_id)
    current = principal_of(principal.actor, principal.organization_id)
    if current is None:
        raise denied(permission, in_project=False)
    require_organization(current, permission)
    return current


def change_role(principal: Principal, *, membership_id: uuid.UUID, role: Role) -> Person:
    """Give a person one role, for good. Raises BadRequest for the last admin, BeyondPrivileges."""
    with transaction.atomic():
        principal = held_now(principal, P.MEMBERS_EDIT)
        person = _existing(principal, Q(pk=membership_id), lock=True)
        held = held_for_good(principal, None)
        _require_reach(held, person)
        require_within(held, ORGANIZATION_ROLES[role], BEYOND)
        if person.permanent_role == role:
            return person
        if role != Role.ADMIN:
            keep_an_admin(person.membership)
        set_roles(person.membership, [{"role": role}])
        _record(Event.UPDATE_MEMBER, principal, person, role=role, previousRole=person.role)
    return person


def _require_reach(held: frozenset[Permission], person: Person) -> None:
    """Refuse to act on somebody who has, or will have, more than is held."""
    for role in person.roles:
        require_within(held, ORGANIZATION_ROLES[Role(role.role)], BEYOND)


def remove(principal: Principal, *, membership_id: uuid.UUID) -> Person:
    """Take a person out of the organization and its projects; returns what they were.

    Raises BadRequest for the last admin and for oneself, BeyondPrivileges.
    """
    with transaction.atomic():
        principal = held_now(principal, P.MEMBERS_DELETE)
        person = _existing(principal, Q(pk=membership_id), lock=True)
        if person.user.id == principal.actor.id:
            raise BadRequest(ONESELF)
        _require_reach(principal.permissions(None), person)
        _take_out(Event.REMOVE_MEMBER, principal, person)
    return person


def leave(principal: Principal) -> Person:
    """Take the person who asks out of their organization and its projects. Raises BadRequest for the last admin."""
    if principal.actor.type is not ActorType.USER:
        raise Forbidden("Only a person can leave.")
    with transaction.atomic():
        lock_roles(principal.organization_id)
        person = _existing(principal, Q(member_id=principal.actor.id), lock=True)
        _take_out(Event.LEAVE_ORGANIZATION, principal, person)
    return person


def _take_out(event: Event, principal: Principal, person: Person) -> None:
    keep_an_admin(person.membership)
    _record(event, principal, person, role=person.role)
    places = Membership.objects.filter(organization_id=principal.organization_id, member_type=ActorType.USER)
    places.filter(member_id=person.user.id).delete()
    invitations = Invitation.objects.filter(organization_id=principal.organization_id, email=person.user.email)
    invitations.filter(accepted_at=None, revoked_at=None).update(revoked_at=timezone.now())


def projects_left_alone(principal: Principal, person: Person) -> list[Project]:
    """Return the projects that nobody but this person is admin of for good."""
    admins = MembershipRole.objects.filter(
        membership__project=OuterRef("pk"), role=Role.ADMIN, starts_at=None, ends_at=None
    )
    projects = Project.objects.filter(organization_id=principal.organization_id).order_by("name")
    is_theirs = Exists(admins.filter(membership__member_id=person.user.id))
    return list(projects.filter(is_theirs, ~Exists(admins.exclude(membership__member_id=person.user.id))))


def _record(event: Event, principal: Principal, person: Person, **metadata: Any) -> None:
    log.record(
        event,
        actor=principal.actor,
        organization_id=principal.organization_id,
        about=Subject(person.user.id, person.user.email),
        userId=str(person.user.id),
        email=person.user.email,
        membershipId=str(person.membership.id),
        **metadata,
    )
