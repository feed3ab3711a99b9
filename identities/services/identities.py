"""Machine identities: created, found, changed, deleted. Each change commits together with its audit event."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from audit import log
from audit.actors import ActorType
from audit.events import Event
from audit.subjects import Subject
from identities.models import AUTH_METHODS, AuthMethodName, ClientSecret, Identity, TokenAuth
from identities.services import lockout
from organizations.access import Principal, require, require_at_least, require_organization
from organizations.admins import keep_an_admin
from organizations.models import Membership, MembershipRole, Organization
from organizations.roles import ORGANIZATION_ROLES, Permission, Role
from organizations.services import add_member, set_roles
from wire.errors import BadRequest, Forbidden, NotFound
from wire.ids import parse_uuid

P = Permission


@dataclass(frozen=True, slots=True)
class Member:
    """An identity with its place in its organization."""

    identity: Identity
    membership: Membership

    @property
    def role(self) -> Role:
        """The organization role; `no-access` for a membership without one."""
        return next((Role(held.role) for held in self.membership.roles.all()), Role.NO_ACCESS)


def find(
    principal: Principal, permission: Permission, *, identity_id: str, missing: NotFound | None = None
) -> Identity:
    """Return an identity of the principal's organization; raises NotFound (or `missing`), PermissionDenied."""
    missing = missing or NotFound(f"Failed to find identity with id {identity_id}")
    found = Identity.objects.select_related("organization", *AUTH_METHODS).filter(pk=as_uuid(identity_id)).first()
    if found is None:
        raise missing
    require(principal, permission, organization_id=found.organization_id, missing=missing)
    return found


def as_uuid(text: str) -> uuid.UUID:
    """Return the id; for what is none the nil UUID, which no row has."""
    return parse_uuid(text) or uuid.UUID(int=0)


def in_organization(identities: Iterable[Identity]) -> list[Member]:
    """Return the identities with their places in their organization, in two queries for any number."""
    rows = list(identities)
    memberships = Membership.objects.filter(
        member_type=ActorType.IDENTITY, project__isnull=True, member_id__in=[row.id for row in rows]
    )
    by_member = {place.member_id: place for place in memberships.prefetch_related("roles")}
    return [Member(row, by_member[row.id]) for row in rows if row.id in by_member]


def member_of(identity: Identity) -> Member:
    """Return one identity with its place in its organization."""
    return in_organization([identity])[0]


def get_identity(principal: Principal, *, identity_id: str) -> Member:
    return member_of(find(principal, P.IDENTITIES_READ, identity_id=identity_id))


def locked_out(identity: Identity, now: datetime | None = None) -> list[AuthMethodName]:
    """Return the ways to log in that are locked at the moment, after too many failures."""
    if not hasattr(identity, "universal_auth"):
        return []
    auth = identity.universal_auth
    failures = lockout.failures_of(auth.client_id, now or timezone.now())
    return [AuthMethodName.UNIVERSAL_AUTH] if lockout.is_locked(failures, auth) else []


def require_own_organization(principal: Principal, organization_id: str | None) -> None:
    """Refuse a request that names an organization other than the one the token belongs to."""
    if organization_id is not None and organization_id != str(principal.organization_id):
        raise Forbidden("You are not a member of this organization")


def organization_of(principal: Principal) -> Organization:
    """Return the organization of a machine identity; raises Forbidden for anybody else."""
    if principal.actor.type != ActorType.IDENTITY:
        raise Forbidden("Only machine identities can ask for their details")
    return Organization.objects.get(pk=principal.organization_id)


def search(
    principal: Principal,
    conditions: Q,
    *,
    order_by: str = "name",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[Member], int]:
    """Return a page of the organization's identities that meet `conditions`, and how many there are in all.

    Conditions are on `name` and `role`, which are also what can be ordered by.
    """
    found = matching(principal, conditions)
    ordered = found.order_by(f"{'-' if descending else ''}{order_by}", "id")
    page = ordered[offset : None if limit is None else offset + limit]
    return in_organization(page), found.count()


def matching(principal: Principal, conditions: Q) -> QuerySet[Identity, Any]:
    """Return the organization's identities that meet `conditions` on `name` and `role`; raises PermissionDenied."""
    require_organization(principal, P.IDENTITIES_READ)
    found = with_roles(Identity.objects.filter(organization_id=principal.organization_id))
    return found.filter(conditions).select_related(*AUTH_METHODS)


def with_roles(identities: QuerySet[Identity]) -> QuerySet[Identity, Any]:
    """Add the organization role as `role`."""
    held = MembershipRole.objects.filter(membership__member_id=OuterRef("pk"), membership__project__isnull=True)
    return identities.annotate(role=Subquery(held.values("role")[:1]))


def create_identity(
    principal: Principal,
    *,
    organization_id: str,
    name: str,
    role: str,
    has_delete_protection: bool,
    metadata: list[dict[str, str]],
) -> Member:
    """Store an identity, still without a way to log in. Raises Forbidden, and BadRequest for an unknown role."""
    require_own_organization(principal, organization_id)
    require_organization(principal, P.IDENTITIES_CREATE)
    require_role(principal, organization_role(role), "Failed to create identity")
    with transaction.atomic():
        identity = Identity.objects.create(
            organization_id=principal.organization_id,
            name=name,
            has_delete_protection=has_delete_protection,
            metadata=with_ids(metadata),
        )
        membership = add_member(
            organization_id=identity.organization_id,
            project=None,
            member_type=ActorType.IDENTITY,
            member_id=identity.id,
            roles=[{"role": role}],
        )
        record(Event.CREATE_IDENTITY, principal, identity, name=name, role=role)
    return Member(identity, membership)


def organization_role(role: str) -> Role:
    """Return the role; raises BadRequest for one that does not exist, such as another product's custom role."""
    if role not in ORGANIZATION_ROLES:
        known = ", ".join(ORGANIZATION_ROLES)
        raise BadRequest(f"There is no organization role {role}. The roles are: {known}")
    return Role(role)


def roles_to_give(principal: Principal) -> list[Role]:
    """Return the organization roles with no more permissions than the principal has."""
    held = principal.permissions(None)
    return [role for role, permissions in ORGANIZATION_ROLES.items() if permissions <= held]


def require_role(principal: Principal, role: Role, message: str) -> None:
    """Refuse to give, or to act for, an organization role with more permissions than the principal has."""
    require_at_least(principal, ORGANIZATION_ROLES[role], None, message)


def with_ids(metadata: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"id": str(uuid.uuid4()), **item} for item in metadata]


def update_identity(principal: Principal, *, identity_id: str, changes: Mapping[str, Any]) -> Member:
    """Change `name`, `has_delete_protection`, `metadata` or `role`; what is absent stays."""
    member = member_of(find(principal, P.IDENTITIES_EDIT, identity_id=identity_id))
    identity, refused = member.identity, "Failed to update identity"
    require_role(principal, member.role, refused)
    fields = {name: value for name, value in changes.items() if name != "role"}
    if "metadata" in fields:
        fields["metadata"] = with_ids(fields["metadata"])
    with transaction.atomic():
        if "role" in changes:
            role = organization_role(changes["role"])
            require_role(principal, role, refused)
            set_organization_role(member, role)
        for name, value in fields.items():
            setattr(identity, name, value)
        identity.save(update_fields=[*fields, "updated_at"])
        record(Event.UPDATE_IDENTITY, principal, identity, changed=sorted(changes))
    return member_of(identity)


def set_organization_role(member: Member, role: Role) -> None:
    """Replace the role of a member; raises BadRequest for the last admin. Call it inside a transaction."""
    if role != member.role:
        keep_an_admin(member.membership)
        set_roles(member.membership, [{"role": role}])


def ids_with_login() -> QuerySet[Identity, Any]:
    """Return the ids of the identities that have a way to log in."""
    return Identity.objects.filter(Q(token_auth__isnull=False) | Q(universal_auth__isnull=False)).values("id")


def delete_identity(principal: Principal, *, identity_id: str) -> Identity:
    """Delete an identity with its memberships, its logins and its tokens; returns what it was."""
    member = member_of(find(principal, P.IDENTITIES_DELETE, identity_id=identity_id))
    identity = member.identity
    if identity.has_delete_protection:
        raise BadRequest("Identity has delete protection")
    require_role(principal, member.role, "Failed to delete identity")
    deleted_id = identity.id
    with transaction.atomic():
        keep_an_admin(member.membership)
        stop_logins(identity)
        Membership.objects.filter(member_type=ActorType.IDENTITY, member_id=deleted_id).delete()
        record(Event.DELETE_IDENTITY, principal, identity, name=identity.name)
        identity.delete()
    identity.id = deleted_id
    return identity


def require_own_slug(organization: Organization, slug: str | None) -> None:
    """Raise NotFound for the slug of any organization but this one: it has no organizations inside."""
    if slug and slug != organization.slug:
        raise NotFound(f"Sub organization with slug {slug} not found")


def stop_logins(identity: Identity) -> None:
    """Lock what a login and a new token change first. Call it inside the transaction that deletes their rows.

    One that is under way ends before; one that comes later finds nothing to log in to.
    """
    secrets = ClientSecret.objects.filter(universal_auth__identity=identity).order_by("pk")
    list(secrets.select_for_update(of=("self",)))
    list(TokenAuth.objects.filter(identity=identity).select_for_update())


def record(event: Event, principal: Principal, identity: Identity, **metadata: Any) -> None:
    """Store an event about an identity."""
    log.record(
        event,
        actor=principal.actor,
        organization_id=identity.organization_id,
        about=Subject(identity.id, identity.name),
        identityId=str(identity.id),
        **metadata,
    )
