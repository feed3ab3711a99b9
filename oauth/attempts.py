"""Attempts to connect: begun here, and consumed once when they come back."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.utils import timezone

from audit.actors import ActorType, system
from connections import keys, services
from connections.errors import Unsealable
from connections.models import AppConnection
from connections.providers import PROVIDERS
from connections.providers.base import Credentials, Method, OAuth, Provider
from connections.providers.clients import Server
from connections.providers.journeys import Consent, Use
from connections.refreshing import read
from connections.revocation import revoke
from connections.servers import no_client, server_with_client
from oauth.errors import SomebodyElse, StateExpired, StateUnknown, StateUsed
from oauth.models import OAuthAttempt, Purpose, digest
from organizations.access import Principal
from organizations.models import User
from wire.errors import PermissionDenied, RateLimited

LIFETIME = timedelta(minutes=10)
# So long an attempt that is over can still say why it is, and give its form back.
KEPT = timedelta(days=1)
SWEPT_AT_ONCE = 10
MOST_BEGUN = 50
NOTHING: Credentials = {}


log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to connect. With `reconnects` the connection is there, and only gets new credentials."""

    use: str
    name: str = ""
    description: str = ""
    project_id: uuid.UUID | None = None
    instance_url: str = ""
    reconnects: uuid.UUID | None = None
    return_to: str = "/"


def begin(
    principal: Principal,
    session_key: str,
    provider: Provider,
    method: Method,
    wish: Wish,
    *,
    brought: Credentials = NOTHING,
) -> str:
    """Note an attempt, and return the address at the server to send the person to. `method` goes through a browser.

    `brought` is what an earlier attempt came back with, in the place of a code.

    What can be known to fail later fails now. Raises BadRequest for an unknown project and a taken name, NotFound,
    PermissionDenied, NoClientThere, ClientNotConfigured.
    """
    limit(principal)
    given = {**_checked(principal, provider, wish), **brought}
    server = server_with_client(provider, method, given, principal.organization_id)
    oauth, kind = method.oauth, provider.client_of(method)
    if oauth is None or kind is None:
        raise ValueError(f"{method.name} does not go through a browser")
    if server.client is None:
        raise no_client(provider, kind, server.url)
    use = use_named(oauth, wish.use)
    verifier = secrets.token_urlsafe(64) if use.has_challenge else ""
    consent = Consent(use, state=secrets.token_urlsafe(32), verifier=verifier)
    url = oauth.authorize_url(server, consent)
    _note(principal, session_key, provider, method, wish, given=given, server=server, consent=consent)
    return url


def go_on(principal: Principal, session_key: str, attempt: OAuthAttempt, brought: Credentials) -> str:
    """Begin anew what came back with all that was to be brought but no code; returns where to send the person.

    By now they have there what they connect to. Raises as `begin`.
    """
    provider = PROVIDERS[attempt.app]
    wish = Wish(
        use=_use_there(attempt),
        name=attempt.name,
        description=attempt.description,
        project_id=attempt.project_id,
        instance_url=attempt.instance_url,
        reconnects=attempt.reconnects,
        return_to=attempt.return_to,
    )
    return begin(principal, session_key, provider, provider.methods[attempt.method], wish, brought=brought)


def kept_of(oauth: OAuth, connection_id: uuid.UUID | None) -> Credentials:
    """Return what a connection that is reconnected hands on of its credentials; nothing where they do not open."""
    if connection_id is None or not oauth.kept:
        return {}
    try:
        held = read(connection_id).open_credentials()
    except Unsealable:
        log.exception("nothing of the old credentials is handed on", connection_id=str(connection_id))
        return {}
    return {name: held[name] for name in oauth.kept if name in held}


def person_of(principal: Principal) -> uuid.UUID:
    """Return the id of the person who asks; raises PermissionDenied for a machine."""
    actor = principal.actor
    if actor.type is not ActorType.USER or actor.id is None:
        raise PermissionDenied("Only a person can connect through a browser.")
    return actor.id


def limit(principal: Principal) -> None:
    """Raise RateLimited for somebody who begins far more than they can finish."""
    recent = OAuthAttempt.objects.filter(created_at__gt=timezone.now() - LIFETIME)
    if recent.filter(user_id=person_of(principal)).count() >= MOST_BEGUN:
        raise RateLimited("You began too many attempts to connect. Wait some minutes.", retry_after=60)


def _checked(principal: Principal, provider: Provider, wish: Wish) -> Mapping[str, Any]:
    """Return the public part of the credentials to come, if the principal may have them stored."""
    if wish.reconnects is None:
        project_id = str(wish.project_id) if wish.project_id else None
        services.place_for_new(principal, project_id=project_id, name=wish.name)
        return provider.credentials_at(wish.instance_url)
    return services.require_reconnectable(principal, provider, wish.reconnects).public


def _note(
    principal: Principal,
    session_key: str,
    provider: Provider,
    method: Method,
    wish: Wish,
    *,
    given: Mapping[str, Any],
    server: Server,
    consent: Consent,
) -> None:
    attempt = OAuthAttempt(
        organization_id=principal.organization_id,
        user_id=person_of(principal),
        session_digest=digest(session_key),
        state_digest=digest(consent.state),
        data_key=keys.current_key(principal.organization_id),
        app=provider.app,
        method=method.name,
        given=dict(given),
        instance_url=server.url,
        redirect_uri=server.client.redirect_uri if server.client else "",
        use=consent.use.name,
        scopes=list(consent.use.scopes),
        name=wish.name,
        description=wish.description,
        project_id=wish.project_id,
        reconnects=wish.reconnects,
        return_to=wish.return_to,
        expires_at=timezone.now() + LIFETIME,
    )
    attempt.seal_verifier(consent.verifier)
    attempt.save(force_insert=True)


def find(provider: Provider, state: str, purpose: Purpose = Purpose.CONNECT) -> OAuthAttempt:
    """Return the attempt that began with `state`, for this purpose; raises StateUnknown."""
    attempts = OAuthAttempt.objects.select_related("data_key").filter(app=provider.app, purpose=purpose)
    attempt = attempts.filter(state_digest=digest(state)).first()
    if attempt is None:
        raise StateUnknown
    return attempt


def consume(attempt: OAuthAttempt) -> None:
    """Use an attempt up; raises StateUsed. Whose it is, and whether it is in time, is asked afterwards."""
    if not OAuthAttempt.objects.filter(pk=attempt.pk, consumed_at=None).update(consumed_at=timezone.now()):
        raise StateUsed


def require_own(attempt: OAuthAttempt, user: User | None, session_key: str | None) -> None:
    """Let the person pass who began the attempt, in the session they began it in, in time.

    Raises SomebodyElse, StateExpired.
    """
    if user is None or attempt.user_id != user.pk or attempt.session_digest != digest(session_key or ""):
        raise SomebodyElse
    if attempt.expires_at <= timezone.now():
        raise StateExpired


def of_person(attempt_id: uuid.UUID, user: User, provider: Provider) -> OAuthAttempt | None:
    """Return this person's attempt to connect to an app, for the form that it began with."""
    attempts = OAuthAttempt.objects.filter(user=user, app=provider.app, purpose=Purpose.CONNECT)
    return attempts.filter(pk=attempt_id).first()


def await_others(attempt: OAuthAttempt) -> None:
    """Note that what the person connects to will be there when they try again: so the form is filled in then."""
    attempt.use = _use_there(attempt)
    attempt.save(update_fields=["use"])


def _use_there(attempt: OAuthAttempt) -> str:
    """Return the use for what is there already; the attempt's own where its method knows no such."""
    oauth = PROVIDERS[attempt.app].methods[attempt.method].oauth
    return next((use.name for use in oauth.uses if use.is_there), attempt.use) if oauth else attempt.use


def use_named(oauth: OAuth, name: str) -> Use:
    return next(use for use in oauth.uses if use.name == name)


def smallest_use(oauth: OAuth, scopes: Sequence[str], *, is_there: bool = True) -> Use:
    """Return the use to reconnect by: that which covers these scopes and asks for least, or asks for most of all.

    Of two that ask for the same it is the one for what is there already, or not, as `is_there` says.
    """
    by_size = sorted(oauth.uses, key=lambda use: (len(use.scopes), use.is_there is not is_there))
    return next((use for use in by_size if set(scopes) <= set(use.scopes)), by_size[-1])


def sweep() -> int:
    """Give back grants that nobody decided about in time, and forget old attempts; returns how many."""
    overdue = OAuthAttempt.objects.select_related("data_key").filter(expires_at__lte=timezone.now())
    for attempt in overdue.exclude(sealed_grant="")[:SWEPT_AT_ONCE]:
        try:
            give_back(attempt)
        except Unsealable:  # nobody will ever open it
            log.exception("a grant cannot be given back", attempt_id=str(attempt.id))
            OAuthAttempt.objects.filter(pk=attempt.pk).update(sealed_grant="")
    forgotten, _ = OAuthAttempt.objects.filter(expires_at__lte=timezone.now() - KEPT, sealed_grant="").delete()
    return forgotten


def take_grant(attempt: OAuthAttempt) -> dict[str, Any] | None:
    """Return the credentials that wait for a decision, once; None when somebody took them before."""
    taken = OAuthAttempt.objects.filter(pk=attempt.pk, sealed_grant=attempt.sealed_grant).exclude(sealed_grant="")
    credentials = attempt.open_grant() if attempt.sealed_grant else None
    return credentials if taken.update(sealed_grant="") else None


def give_back(attempt: OAuthAttempt) -> None:
    """Revoke the grant that waited for a decision."""
    credentials = take_grant(attempt)
    if credentials:
        revoke(connection_of(attempt), credentials, actor=system())


def connection_to_reconnect(attempt: OAuthAttempt) -> AppConnection | None:
    """Return the connection that is to get new credentials, if it is there."""
    if attempt.reconnects is None:
        return None
    return AppConnection.objects.filter(pk=attempt.reconnects, organization_id=attempt.organization_id).first()


def connection_of(attempt: OAuthAttempt) -> AppConnection:
    """Return the connection that is reconnected, or one not stored that stands for it in what is recorded."""
    return connection_to_reconnect(attempt) or AppConnection(
        id=attempt.reconnects or attempt.id,
        organization_id=attempt.organization_id,
        project_id=attempt.project_id,
        app=attempt.app,
        method=attempt.method,
        name=attempt.name,
    )
