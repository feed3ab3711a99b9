"""Access tokens: issued, renewed and revoked."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from audit import log
from audit.actors import Actor, ActorType
from audit.events import Event
from audit.subjects import Subject
from identities import tokens
from identities.addresses import require_trusted
from identities.models import AccessToken, ClientSecret, TokenAuth, UniversalAuth
from wire.errors import BadRequest, TokenRejected, Unauthorized
from wire.origin import Origin

# What the contract answers as the maximum of a token that can be renewed without end.
ENDLESS = 1_000_000_000
KEPT_AFTER_EXPIRY = timedelta(days=1)
MOST_FORGOTTEN = 100


@dataclass(frozen=True, slots=True)
class Issued:
    """An access token in the moment it is handed out: `text` is kept nowhere."""

    text: str = field(repr=False)
    token: AccessToken

    @property
    def max_ttl(self) -> int:
        return ENDLESS if self.token.period else self.token.max_ttl


def issue(
    auth: TokenAuth | UniversalAuth,
    now: datetime,
    *,
    client_secret: ClientSecret | None = None,
    name: str | None = None,
) -> Issued:
    """Store a token on the terms of `auth`, and return it signed. Call it inside a transaction."""
    period = auth.access_token_period if isinstance(auth, UniversalAuth) else 0
    ttl = period or auth.access_token_ttl
    token = AccessToken(
        identity_id=auth.identity_id,
        token_auth=auth if isinstance(auth, TokenAuth) else None,
        universal_auth=auth if isinstance(auth, UniversalAuth) else None,
        client_secret=client_secret,
        name=name,
        ttl=ttl,
        max_ttl=auth.access_token_max_ttl,
        period=period,
        num_uses_limit=auth.access_token_num_uses_limit,
        created_at=now,
    )
    token.expires_at = _end(token, now)
    token.save(force_insert=True)
    return Issued(tokens.sign(token, now), token)


def _end(token: AccessToken, now: datetime) -> datetime | None:
    """Return when a token issued or renewed now ends. One without a TTL of its own ends at its maximum."""
    return _after(now, token.ttl) or _after(token.created_at, token.max_ttl)


def _after(moment: datetime, seconds: int) -> datetime | None:
    return moment + timedelta(seconds=seconds) if seconds else None


def forget_expired(auth: UniversalAuth, now: datetime) -> None:
    """Delete some tokens that expired a day ago. Call it inside a transaction; it waits for nobody."""
    past = AccessToken.objects.filter(universal_auth=auth, expires_at__lt=now - KEPT_AFTER_EXPIRY)
    some = list(past.select_for_update(skip_locked=True).values_list("pk", flat=True)[:MOST_FORGOTTEN])
    if some:
        AccessToken.objects.filter(pk__in=some).delete()


def renew(text: str, *, origin: Origin, now: datetime | None = None) -> Issued:
    """Give a token another span of its TTL; returns it signed anew.

    Raises TokenRejected, Forbidden for an address that is not trusted, Unauthorized when its time or its maximum
    is over, BadRequest when its uses are.
    """
    now = now or timezone.now()
    token_id = tokens.verify(text, may_be_expired=True)
    with transaction.atomic():
        token = _locked(token_id)
        require_trusted(origin.ip, token.auth.access_token_trusted_ips)
        _check_renewal(token, now)
        token.last_renewed_at = now
        token.expires_at = _end(token, now)
        token.save(update_fields=["last_renewed_at", "expires_at", "updated_at"])
        _record(Event.RENEW_ACCESS_TOKEN, token, origin)
    return Issued(tokens.sign(token, now), token)


def _check_renewal(token: AccessToken, now: datetime) -> None:
    if token.num_uses_limit and token.num_uses >= token.num_uses_limit:
        raise BadRequest("Unable to renew because access token number of uses limit reached")
    if token.ttl and token.expires_at and token.expires_at <= now:
        raise Unauthorized("Failed to renew MI access token due to TTL expiration")
    last = None if token.period else _after(token.created_at, token.max_ttl)
    if last and last <= now:
        raise Unauthorized("Failed to renew MI access token due to Max TTL expiration")
    if last and now + timedelta(seconds=token.ttl) > last:
        raise Unauthorized("Failed to renew MI access token past its Max TTL expiration")


def revoke(text: str, *, origin: Origin) -> None:
    """Make a token worthless from this moment on; raises TokenRejected for one that already is."""
    token_id = tokens.verify(text, may_be_expired=True)
    with transaction.atomic():
        token = _locked(token_id)
        token.is_revoked = True
        token.save(update_fields=["is_revoked", "updated_at"])
        _record(Event.REVOKE_ACCESS_TOKEN, token, origin)


def _locked(token_id: uuid.UUID) -> AccessToken:
    """Return a token that nobody else changes until the transaction ends."""
    rows = AccessToken.objects.select_for_update(of=("self",)).select_related(
        "identity", "universal_auth", "token_auth"
    )
    token = rows.filter(pk=token_id, is_revoked=False).first()
    if token is None:
        raise TokenRejected(tokens.REVOKED)
    return token


def _record(event: Event, token: AccessToken, origin: Origin) -> None:
    identity = token.identity
    log.record(
        event,
        actor=Actor(ActorType.IDENTITY, identity.id, identity.name, origin),
        organization_id=identity.organization_id,
        about=Subject(identity.id, identity.name),
        identityId=str(identity.id),
        identityAccessTokenId=str(token.id),
    )
