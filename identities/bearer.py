"""What an access token stands for, found with one query: the hottest of the product.

`find` is one hand-written statement; `find_with_orm` says the same in the ORM's words, and a test holds them equal.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F, Q

from audit.actors import Actor, ActorType
from identities.models import AccessToken
from organizations.access import Principal
from organizations.roles import Role
from organizations.services import principal_of
from wire.origin import Origin

# A use is noted on the token's row at most this often, unless the token's uses are limited.
NOTED_EVERY = timedelta(minutes=1)

# COALESCE keeps SQLite from walking through all members of the organization instead of this member's places.
FIND = """
    SELECT i.id, i.name, i.organization_id,
           t.is_revoked,
           COALESCE(t.expires_at <= %(now)s, FALSE),
           t.num_uses_limit,
           COALESCE(t.last_used_at <= %(noted)s, TRUE),
           COALESCE(u.access_token_trusted_ips, k.access_token_trusted_ips),
           m.id, m.project_id, r.role
    FROM identities_accesstoken t
    JOIN identities_identity i ON i.id = t.identity_id
    LEFT JOIN identities_universalauth u ON u.id = t.universal_auth_id
    LEFT JOIN identities_tokenauth k ON k.id = t.token_auth_id
    LEFT JOIN organizations_membership m
        ON m.member_id = i.id AND m.member_type = %(member_type)s
        AND COALESCE(m.organization_id, i.organization_id) = i.organization_id
    LEFT JOIN organizations_membershiprole r
        ON r.membership_id = m.id
        AND (r.starts_at IS NULL OR r.starts_at <= %(now)s)
        AND (r.ends_at IS NULL OR r.ends_at > %(now)s)
    WHERE t.id = %(token_id)s
"""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a token, and whether the token may be used.

    `trusted_ips` is JSON text. `principal` is None for an identity that is not in its organization any more.
    """

    principal: Principal | None
    is_revoked: bool
    is_expired: bool
    num_uses_limit: int
    use_is_due: bool
    trusted_ips: str


def find(token_id: uuid.UUID, origin: Origin, now: datetime) -> Bearer | None:
    """Return what the token stands for at the moment `now`; None when there is no such token."""
    database = connections[DEFAULT_DB_ALIAS]
    adapted = database.ops.adapt_datetimefield_value
    parameters = {
        "now": adapted(now),
        "noted": adapted(now - NOTED_EVERY),
        "member_type": ActorType.IDENTITY,
        "token_id": token_id if database.features.has_native_uuid_field else token_id.hex,
    }
    with database.cursor() as cursor:
        cursor.execute(FIND, parameters)
        rows = cursor.fetchall()
    if not rows:
        return None
    identity_id, name, organization_id, revoked, expired, limit, due, trusted_ips = rows[0][:8]
    actor = Actor(ActorType.IDENTITY, _uuid(identity_id), name, origin)
    principal = _principal(actor, _uuid(organization_id), rows)
    return Bearer(principal, bool(revoked), bool(expired), limit, bool(due), trusted_ips)


def _principal(actor: Actor, organization_id: uuid.UUID, rows: Sequence[Sequence[Any]]) -> Principal | None:
    """Return the principal of rows that end in membership, project and role; each of them may be null."""
    held: dict[uuid.UUID | None, set[Role]] = {}
    for *_, membership_id, project_id, role in rows:
        if membership_id is not None:
            roles = held.setdefault(project_id and _uuid(project_id), set())
            if role is not None:
                roles.add(Role(role))
    if None not in held:
        return None
    organization_role = next(iter(held.pop(None)), Role.NO_ACCESS)
    project_roles = {project_id: frozenset(roles) for project_id, roles in held.items() if project_id}
    return Principal(actor, organization_id, organization_role, project_roles)


def _uuid(value: str | uuid.UUID) -> uuid.UUID:
    """SQLite keeps a UUID as text, PostgreSQL as itself."""
    return uuid.UUID(value) if isinstance(value, str) else value


def find_with_orm(token_id: uuid.UUID, origin: Origin, now: datetime) -> Bearer | None:
    """Return the same as `find`."""
    tokens = AccessToken.objects.select_related("identity", "universal_auth", "token_auth")
    token = tokens.filter(pk=token_id).first()
    if token is None:
        return None
    actor = Actor(ActorType.IDENTITY, token.identity_id, token.identity.name, origin)
    auth = token.universal_auth or token.token_auth
    return Bearer(
        principal=principal_of(actor, token.identity.organization_id, now),
        is_revoked=token.is_revoked,
        is_expired=token.expires_at is not None and token.expires_at <= now,
        num_uses_limit=token.num_uses_limit,
        use_is_due=token.last_used_at is None or token.last_used_at <= now - NOTED_EVERY,
        trusted_ips=json.dumps(auth.access_token_trusted_ips if auth else []),
    )


def note_use(token_id: uuid.UUID, now: datetime) -> None:
    """Note a use of a token without a limit; of several at once only the first is noted."""
    due = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - NOTED_EVERY)
    AccessToken.objects.filter(due, pk=token_id).update(num_uses=F("num_uses") + 1, last_used_at=now)


def take_use(token_id: uuid.UUID, now: datetime) -> bool:
    """Take one of a token's limited uses; False when none is left. Two requests at once take two."""
    left = AccessToken.objects.filter(pk=token_id, is_revoked=False, num_uses__lt=F("num_uses_limit"))
    return bool(left.update(num_uses=F("num_uses") + 1, last_used_at=now))
