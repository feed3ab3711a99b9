"""People as members of projects. Each change commits together with its audit event."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from audit import log
from audit.actors import ActorType
from audit.events import Event
from audit.subjects import Subject
from organizations.access import Principal, denied, require, require_organization, require_within
from organizations.members import held_for_good
from organizations.models import Membership, Project, User
from organizations.project_roles import Given, checked, keep_an_admin, lock_members
from organizations.roles import PROJECT_ROLES, Permission, Role
from organizations.services import add_member, principal_of, project_not_found, set_roles
from wire.errors import BadRequest, Forbidden, NotFound
from wire.ids import parse_uuid
from wire.unique import unless_taken

P = Permission
BEYOND = "You cannot give a role that allows more than your own roles in this project do for good."
FOR_GOOD_ONLY = "Only who administers the organization for good can make themselves admin of a project."
IS_A_MEMBER = "This person is a member of the project already."
NO_SUCH_MEMBER = "This person is not a member of the project, or no longer."
NO_SUCH_PERSON = "This person is not a member of the organization, or no longer."
NONE_FOR_GOOD = "A member needs at least one role without an end."
ONESELF = "You cannot remove yourself. You can leave the project instead."


@dataclass(frozen=True, slots=True)
class ProjectPerson:
    """A person with their place in a project."""

    user: User
    membership: Membership


def candidates(principal: Principal, project: Project) -> QuerySet[User]:
    """Return the people of the organization who are not in the project, by address.

    For those who may see the organization's members; raises PermissionDenied for others.
    """
    require_organization(principal, P.MEMBERS_READ)
    people = Membership.objects.filter(member_type=ActorType.USER, organization_id=project.organization_id)
    inside = people.filter(project=project).values("member_id")
    members = User.objects.filter(is_active=True, pk__in=people.filter(project=None).values("member_id"))
    return members.exclude(pk__in=inside).order_by("email")


def add(principal: Principal, *, project_id: str, user_id: uuid.UUID, roles: Sequence[Given]) -> ProjectPerson:
    """Make a person of the organization a member of a project.

    Raises NotFound for anybody who is not in the organization, BadRequest for who is in the project already, and
    BeyondPrivileges.
    """
    with unless_taken(BadRequest(IS_A_MEMBER)), transaction.atomic():
        principal, project = _inside(principal, P.MEMBERS_CREATE, project_id)
        fields = checked(principal, project, roles, beyond=BEYOND, none_for_good=NONE_FOR_GOOD)
        _stay_in_organization(principal, ActorType.USER, user_id)
        user = User.objects.get(pk=user_id)
        membership = add_member(
            organization_id=project.organization_id,
            project=project,
            member_type=ActorType.USER,
            member_id=user.id,
            roles=fields,
        )
        _record(Event.ADD_PROJECT_MEMBER, principal, ProjectPerson(user, membership), roles=_names(roles))
    return ProjectPerson(user, membership)


def update(
    principal: Principal, *, project_id: str, membership_id: uuid.UUID, roles: Sequence[Given]
) -> ProjectPerson:
    """Replace the roles of a person. Raises NotFound, BadRequest for the last admin, BeyondPrivileges."""
    with transaction.atomic():
        principal, project = _inside(principal, P.MEMBERS_EDIT, project_id)
        person = _existing(project, Q(pk=membership_id))
        fields = checked(principal, project, roles, beyond=BEYOND, none_for_good=NONE_FOR_GOOD)
        keep_an_admin(person.membership, fields)
        set_roles(person.membership, fields)
        _record(Event.UPDATE_PROJECT_MEMBER, principal, person, roles=_names(roles))
    return person


def remove(principal: Principal, *, project_id: str, membership_id: uuid.UUID) -> ProjectPerson:
    """Take a person out of a project; returns what they were.

    Raises NotFound, and BadRequest for the last admin and for oneself.
    """
    with transaction.atomic():
        principal, project = _inside(principal, P.MEMBERS_DELETE, project_id)
        person = _existing(project, Q(pk=membership_id))
        if person.user.id == principal.actor.id:
            raise BadRequest(ONESELF)
        _take_out(Event.REMOVE_PROJECT_MEMBER, principal, person)
    return person


def leave(principal: Principal, *, project_id: str) -> ProjectPerson:
    """Take the person who asks out of a project, whatever their role. Raises BadRequest for the last admin."""
    with transaction.atomic():
        principal, project = _inside(principal, None, project_id)
        person = _existing(project, Q(member_id=str(principal.actor.id)))
        _take_out(Event.LEAVE_PROJECT, principal, person)
    return person


def project_to_join(principal: Principal, *, project_id: str) -> Project:
    """Return a project of the organization whose admin the principal may make themselves.

    Raises PermissionDenied, and NotFound for a project that is not in their scope.
    """
    found = _in_organization(principal, project_id)
    is_inside = found is not None and found.id in principal.project_roles
    if found is None or not (is_inside or P.PROJECTS_JOIN in principal.permissions(None)):
        raise project_not_found(project_id)
    if P.PROJECTS_JOIN not in principal.permissions(None):
        raise denied(P.PROJECTS_JOIN, in_project=False)
    return found


def join(principal: Principal, *, project_id: str) -> Project:
    """Make the principal an admin of a project, beside the roles they have there.

    Raises what `project_to_join` does, and BadRequest for who is admin already.
    """
    with transaction.atomic():
        project = project_to_join(principal, project_id=project_id)
        lock_members(project)
        actor = principal.actor
        if actor.id is None:
            raise Forbidden("Only a member of the organization can join a project.")
        _stay_in_organization(principal, actor.type, actor.id)
        require_within(held_for_good(principal, None), {P.PROJECTS_JOIN}, FOR_GOOD_ONLY)
        if PROJECT_ROLES[Role.ADMIN] <= held_for_good(principal, project.id):
            raise BadRequest("You are an admin of this project already.")
        _make_admin(project, actor.type, actor.id)
        about = Subject(actor.id, actor.name)
        place = {"organization_id": project.organization_id, "project_id": project.id}
        log.record(Event.JOIN_PROJECT, actor=actor, about=about, roles=[Role.ADMIN], **place)
    return project


def _make_admin(project: Project, member_type: ActorType, member_id: uuid.UUID) -> None:
    own = Membership.objects.filter(project=project, member_type=member_type, member_id=member_id).first()
    if own:
        own.roles.create(role=Role.ADMIN)
        return
    add_member(
        organization_id=project.organization_id,
        project=project,
        member_type=member_type,
        member_id=member_id,
        roles=[{"role": Role.ADMIN}],
    )


def _in_organization(principal: Principal, project_id: str) -> Project | None:
    known = parse_uuid(project_id)
    return Project.objects.filter(organization_id=principal.organization_id, pk=known).first() if known else None


def _inside(principal: Principal, permission: Permission | None, project_id: str) -> tuple[Principal, Project]:
    """Lock the members of a project; returns it, and what the principal is in it by now.

    Raises NotFound, PermissionDenied. Call it inside a transaction.
    """
    missing = project_not_found(project_id)
    found = _in_organization(principal, project_id)
    if found is None or found.id not in principal.project_roles:
        raise missing
    lock_members(found)
    now = principal_of(principal.actor, principal.organization_id)
    if now is None or found.id not in now.project_roles:
        raise missing
    if permission:
        place = {"organization_id": found.organization_id, "project_id": found.id}
        require(now, permission, missing=missing, **place)
    return now, found


def _stay_in_organization(principal: Principal, member_type: ActorType, member_id: uuid.UUID) -> None:
    """Keep somebody in the organization until the transaction ends; raises NotFound for who is not in it."""
    places = Membership.objects.filter(organization_id=principal.organization_id, project=None)
    theirs = places.filter(member_type=member_type, member_id=member_id)
    if not theirs.select_for_update(no_key=True).exists():
        raise NotFound(NO_SUCH_PERSON)


def _existing(project: Project, which: Q) -> ProjectPerson:
    places = Membership.objects.filter(which, project=project, member_type=ActorType.USER)
    place = places.select_for_update().first()
    user = User.objects.filter(pk=place.member_id).first() if place else None
    if place is None or user is None:
        raise NotFound(NO_SUCH_MEMBER)
    return ProjectPerson(user, place)


def _take_out(event: Event, principal: Principal, person: ProjectPerson) -> None:
    keep_an_admin(person.membership)
    roles = list(person.membership.roles.order_by("created_at").values_list("role", flat=True))
    _record(event, principal, person, roles=roles)
    Membership.objects.filter(pk=person.membership.pk).delete()


def _names(roles: Sequence[Given]) -> list[str]:
    return [given.role for given in roles]


def _record(event: Event, principal: Principal, person: ProjectPerson, **metadata: Any) -> None:
    log.record(
        event,
        actor=principal.actor,
        organization_id=person.membership.organization_id,
        project_id=person.membership.project_id,
        about=Subject(person.user.id, person.user.email),
        userId=str(person.user.id),
        email=person.user.email,
        membershipId=str(person.membership.id),
        **metadata,
    )
