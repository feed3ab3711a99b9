"""Universal Auth: a client id and a client secret become an access token.

An unknown client id and a wrong secret cannot be told apart: both cost the same queries and the same digests, and
both count towards a lockout.
"""

import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit import log
from audit.actors import Actor, ActorType, stranger
from audit.events import Event
from audit.subjects import Subject
from identities.addresses import require_trusted
from identities.keys import Purpose, digests
from identities.models import AuthMethodName, ClientSecret, Identity, UniversalAuth
from identities.services import lockout
from identities.services.access_tokens import Issued, forget_expired, issue
from identities.services.client_secrets import PREFIX
from identities.services.identities import require_own_slug
from wire.errors import Unauthorized
from wire.origin import Origin

WRONG = "Invalid credentials"
LOCKED = "This identity auth method is temporarily locked, please try again later"
EXPIRED = "Access denied due to expired client secret"
USED_UP = "Access denied due to client secret usage limit reached"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to log in. `client_id` is a UUID even if what was sent was not."""

    client_id: uuid.UUID
    client_secret: str = field(repr=False)
    organization_slug: str | None
    origin: Origin
    now: datetime


def login(
    *,
    client_id: str,
    client_secret: str,
    organization_slug: str | None,
    origin: Origin,
    now: datetime | None = None,
) -> Issued:
    """Return a fresh access token.

    The order of the checks is the contract's (provisioning, section 2.1). Raises Unauthorized, Forbidden for an
    address that is not trusted, and NotFound for another organization's slug.
    """
    attempt = Attempt(_as_uuid(client_id), client_secret, organization_slug, origin, now or timezone.now())
    found = UniversalAuth.objects.select_related("identity__organization")
    known = found.filter(client_id=attempt.client_id).first()
    auth = known or UniversalAuth()  # of somebody unknown: the default rules, and no secrets
    require_trusted(origin.ip, auth.client_secret_trusted_ips)
    failures = lockout.failures_of(attempt.client_id, attempt.now)
    if lockout.is_locked(failures, auth):
        raise Unauthorized(LOCKED)
    secret = _matching(auth, client_secret)
    if known is None or secret is None:
        _fail(attempt, auth, _actor(known, origin) if known else stranger(origin))
        raise Unauthorized(WRONG)
    if failures:
        lockout.clear(attempt.client_id)
    return _succeed(attempt, known, secret)


def _as_uuid(client_id: str) -> uuid.UUID:
    """Return the id, however it is spelt; for what is no UUID one that nobody has: ours are random (version 4)."""
    try:
        return uuid.UUID(client_id)
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_OID, client_id)


def _matching(auth: UniversalAuth, text: str) -> ClientSecret | None:
    """Return the client secret that `text` is. The same query and digests when `auth` is nobody's."""
    given = digests(text, Purpose.CLIENT_SECRET)
    candidates = ClientSecret.objects.filter(universal_auth_id=auth.id, prefix=text[:PREFIX], is_revoked=False)
    return next((secret for secret in candidates if _is_one_of(secret.digest, given)), None)


def _is_one_of(digest: str, given: Sequence[str]) -> bool:
    """Compare with every digest, whichever of them it is."""
    return any(tuple(hmac.compare_digest(digest, one) for one in given))


def _fail(attempt: Attempt, rules: UniversalAuth, actor: Actor) -> None:
    with transaction.atomic():
        lockout.count_failure(attempt.client_id, rules, attempt.now)
        known = rules.identity if actor.id else None
        log.record(
            Event.LOGIN_FAILED,
            actor=actor,
            organization_id=known.organization_id if known else None,
            about=Subject(known.id, known.name) if known else None,
            reason=WRONG,
        )


def _succeed(attempt: Attempt, auth: UniversalAuth, secret: ClientSecret) -> Issued:
    organization = auth.identity.organization
    if secret.ttl and secret.created_at + timedelta(seconds=secret.ttl) < attempt.now:
        raise _retire(auth, secret, EXPIRED, attempt.origin)
    if secret.num_uses_limit and secret.num_uses >= secret.num_uses_limit:
        raise _retire(auth, secret, USED_UP, attempt.origin)
    require_own_slug(organization, attempt.organization_slug)
    issued = _take_use_and_issue(attempt, auth, secret)
    if issued:
        return issued
    if ClientSecret.objects.filter(pk=secret.pk, is_revoked=False).exists():
        raise _retire(auth, secret, USED_UP, attempt.origin)
    raise Unauthorized(WRONG)


def _retire(auth: UniversalAuth, secret: ClientSecret, reason: str, origin: Origin) -> Unauthorized:
    """Mark a secret that has had its time or its uses as revoked; its tokens live on. Returns what to raise."""
    with transaction.atomic():
        ClientSecret.objects.filter(pk=secret.pk).update(is_revoked=True)
        log.record(
            Event.LOGIN_FAILED,
            actor=_actor(auth, origin),
            organization_id=auth.identity.organization_id,
            about=Subject(auth.identity.id, auth.identity.name),
            clientSecretId=str(secret.id),
            reason=reason,
        )
    return Unauthorized(reason)


def _take_use_and_issue(attempt: Attempt, auth: UniversalAuth, secret: ClientSecret) -> Issued | None:
    """Take one use of the secret and issue a token; None when the last one, or the secret, has just gone.

    The secret's row is changed first: a revocation at the same moment either waits and revokes the new token too,
    or comes first and leaves no row to change. Its digest moves to the current key on the way.
    """
    now, identity = attempt.now, auth.identity
    uses_left = Q(num_uses_limit=0) | Q(num_uses__lt=F("num_uses_limit"))
    row = ClientSecret.objects.filter(uses_left, pk=secret.pk, is_revoked=False)
    current_digest = digests(attempt.client_secret, Purpose.CLIENT_SECRET)[0]
    with transaction.atomic():
        if not row.update(num_uses=F("num_uses") + 1, digest=current_digest):
            return None
        forget_expired(auth, now)
        issued = issue(auth, now, client_secret=secret)
        last_login = {"last_login_method": AuthMethodName.UNIVERSAL_AUTH, "last_login_at": now}
        Identity.objects.filter(pk=identity.pk).update(**last_login)
        log.record(
            Event.LOGIN_UNIVERSAL_AUTH,
            actor=_actor(auth, attempt.origin),
            organization_id=identity.organization_id,
            about=Subject(identity.id, identity.name),
            identityId=str(identity.id),
            identityUniversalAuthId=str(auth.id),
            clientSecretId=str(secret.id),
            identityAccessTokenId=str(issued.token.id),
        )
    return issued


def _actor(auth: UniversalAuth, origin: Origin) -> Actor:
    return Actor(ActorType.IDENTITY, auth.identity_id, auth.identity.name, origin)
