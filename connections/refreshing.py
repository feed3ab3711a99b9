"""One refresh, from the claim to the row: rules 3, 5 and 6 of `tokens.py`."""

import random
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import suppress
from copy import copy
from datetime import timedelta

import structlog
from django.db import Error, InterfaceError, OperationalError, connections, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from audit.actors import system
from audit.events import Event
from connections import claims, keys
from connections.claims import Claim, is_due
from connections.errors import ConnectionNotFound, Unsealable
from connections.history import record
from connections.models import AppConnection, DataKey
from connections.providers.base import Grant
from connections.providers.clients import ClientKind
from connections.providers.errors import (
    BadAnswer,
    ClientMissing,
    GrantLost,
    NoAnswer,
    ProviderError,
    Redirected,
    Refused,
    ServerFailed,
)
from connections.providers.oauth2 import INVALID_CLIENT, INVALID_GRANT
from connections.revocation import oauth_of, revoke
from connections.servers import server_with_client
from connections.states import TIMED, Status
from connections.verdicts import SEALED, restore
from wire.database import release

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
FIRST_DELAY, LONGEST_DELAY = 5.0, 300.0
# An answer that came but cannot be stored is lost for good: so long we keep trying, while the database is away.
STORING_SECONDS = 600.0
SHORTEST_LIFE = timedelta(minutes=1)  # of a token that is refreshed as often as it asks for
DATABASE_AWAY = (OperationalError, InterfaceError)
CHANGED_BY_A_REFRESH = (
    "sealed_credentials",
    "data_key",
    "credentials_hash",
    "scopes",
    "token_expires_at",
    "status",
    "cause",
    "cure",
    "refresh_owner",
    "refresh_lease_until",
    "refresh_unanswered_since",
    "refresh_failures",
    "refresh_not_before",
)
VERDICT = {"status", "cause", "cure"}
CUT_OFF = "A rotation was cut off: a refresh that began at {since} got no answer, and its new tokens are lost."
REFUSED = "The grant is not accepted any more. It was revoked, or the OAuth application was deleted: {said}"
RECONNECT = "Reconnect it: its id, name and everything that uses it stay as they are."
WAIT = "Nothing to do: it is tried again by itself. If it lasts, see to the cause."
RENEW_CLIENT = (
    "Set the {title}'s {what} in {variables}, or {where} the registered instance. Of several secrets each is tried."
    " Then it heals by itself."
)

log = structlog.get_logger(__name__)


def refresh(connection_id: uuid.UUID) -> ProviderError | None:
    """Refresh the connection's token if it is due and nobody else does; returns what went wrong there, if anything.

    The outcome is on the row.
    """
    claim = claims.take(connection_id)
    return carry_out(claim) if claim else None


def read(connection_id: uuid.UUID) -> AppConnection:
    """Return the row with what opens its credentials, in one query; raises ConnectionNotFound."""
    connection = AppConnection.objects.select_related("data_key").filter(pk=connection_id).first()
    if connection is None:
        raise ConnectionNotFound(str(connection_id))
    return connection


def patiently(patience: float) -> Iterator[float]:
    """Yield the seconds left, with growing pauses between, and a last time when none are."""
    end = time.monotonic() + patience
    pause = FIRST_PAUSE
    while (left := end - time.monotonic()) > 0:
        yield left
        time.sleep(min(pause * random.uniform(0.5, 1.0), max(0.0, end - time.monotonic())))  # noqa: S311
        pause = min(pause * 2, LONGEST_PAUSE)
    yield 0.0


def carry_out(claim: Claim) -> ProviderError | None:
    """Refresh what we have claimed. Nothing is raised: the outcome is on the row, and in the log."""
    try:
        connection = read(claim.connection_id)
        if is_due(connection):
            return _refresh(claim, connection)
        claims.release(claim)
    except ConnectionNotFound:
        pass
    except Unsealable:
        log.exception("a refresh failed", connection_id=str(claim.connection_id))
        with suppress(Error):
            _postpone(claim, SEALED, LONGEST_DELAY, restore(connection))
    except Exception:
        log.exception("a refresh failed", connection_id=str(claim.connection_id))
        with suppress(Error):  # the database is away: the claim ends by itself
            _postpone(claim, "Its token could not be refreshed; the log says why.", FIRST_DELAY * 2)
    return None


def _refresh(claim: Claim, connection: AppConnection) -> ProviderError | None:
    oauth = oauth_of(connection)
    if oauth is None:
        claims.release(claim)
        return None
    credentials = connection.open_credentials()
    server = server_with_client(connection.provider, connection.way, credentials, connection.organization_id)
    key = keys.current_key(connection.organization_id)
    if not claims.note_start(claim, connection.credentials_hash):
        return None
    release()
    with claims.kept(claim):
        try:
            grant = oauth.refresh(server, credentials)
        except ProviderError as error:
            _note_failure(claim, connection, error)
            return error
        stored = _store_at_all_costs(connection, grant, key)
    if not stored:  # reconnected or deleted meanwhile: nobody will ever use these
        revoke(connection, grant.credentials, actor=system())
    return None


def _store_at_all_costs(before: AppConnection, grant: Grant, key: DataKey) -> bool:
    after = copy(before)
    after.seal(dict(grant.credentials), key)
    after.scopes = before.scopes if grant.scopes is None else list(grant.scopes)
    after.token_expires_at = grant.expires_at
    after.settle()
    if after.token_expires_at and is_due(after):  # so short a life must not have every caller refresh
        half = (after.token_expires_at - timezone.now()) / 2
        after.refresh_not_before = timezone.now() + max(half, SHORTEST_LIFE / 2)
    for left in patiently(STORING_SECONDS):
        try:
            return _store(before, after)
        except DATABASE_AWAY:
            log.exception("new tokens could not be stored yet", connection_id=str(before.id), left=left)
            connections.close_all()
    log.error("new tokens are lost", connection_id=str(before.id))
    return True


def _store(before: AppConnection, after: AppConnection) -> bool:
    """Store new tokens with their audit event, unless the credentials are others than those we refreshed.

    What a check has found against the connection is for the next check to lift, and that is due at once.
    The claim does not matter any more: whoever took it over meanwhile has nothing but a used-up refresh token.
    """
    with transaction.atomic():
        rows = AppConnection.objects.select_for_update().filter(pk=before.pk)
        found = rows.values_list("credentials_hash", flat=True).first()
        if found == before.credentials_hash:
            rows.exclude(status=Status.HEALTHY).update(check_due_at=None)
            of_a_check = Q(refresh_failures=0) | Q(check_failures__gt=0)
            is_held = rows.filter(of_a_check, status=Status.FAILING).exists()
            after.save(update_fields=set(CHANGED_BY_A_REFRESH) - (VERDICT if is_held else set()))
            expires_at = after.token_expires_at.isoformat() if after.token_expires_at else None
            record(Event.REFRESH_APP_CONNECTION_TOKEN, after, actor=system(), name=after.name, expiresAt=expires_at)
    # They are stored already when the database went away after an earlier COMMIT.
    return found in {before.credentials_hash, after.credentials_hash}


def _note_failure(claim: Claim, connection: AppConnection, error: ProviderError) -> None:
    log.warning(
        "a refresh failed", connection_id=str(connection.id), cause=error.message, kind=type(error).__name__
    )
    if isinstance(error, GrantLost):
        _require_reconnect(claim, connection, error.message)
        return
    if isinstance(error, Refused) and error.code == INVALID_GRANT:
        since = connection.refresh_unanswered_since
        cut_off = CUT_OFF.format(since=f"{since:%Y-%m-%d %H:%M} UTC") if since else ""
        _require_reconnect(claim, connection, cut_off or REFUSED.format(said=error.message))
        return
    if not _may_have_been_carried_out(error):
        claim.row().update(refresh_unanswered_since=connection.refresh_unanswered_since)
    failures = min(connection.refresh_failures, 10)
    delay = min(FIRST_DELAY * 2**failures, LONGEST_DELAY) * random.uniform(0.5, 1.0)  # noqa: S311
    _postpone(claim, error.message, max(delay, error.retry_after or 0.0), _cure(connection, error))


def _cure(connection: AppConnection, error: ProviderError) -> str:
    if isinstance(error, ClientMissing) or (isinstance(error, Refused) and error.code == INVALID_CLIENT):
        kind = connection.provider.client_of(connection.way)
        return _renew(kind) if kind else WAIT
    return WAIT


def _renew(kind: ClientKind) -> str:
    """Return what to do about a client that its server does not know, or not by what we have of it."""
    what = "id, private key and present secret" if kind.variables.private_key else "id and present secret"
    where = "by “Renew keys” at" if kind.maker else "at"
    *others, last = kind.variables.needed
    return RENEW_CLIENT.format(
        title=kind.title, what=what, variables=f"{', '.join(others)} and {last}", where=where
    )


def _may_have_been_carried_out(error: ProviderError) -> bool:
    """Tell whether the refresh token may be used up though no new one came."""
    return isinstance(error, NoAnswer | BadAnswer | ServerFailed) and not isinstance(error, Redirected)


def _postpone(claim: Claim, cause: str, seconds: float, cure: str = WAIT) -> None:
    """Put the next refresh off. A token that ends before it is no healthy one."""
    delay = timedelta(seconds=seconds)
    row = claim.row()
    row.filter(token_expires_at__lte=timezone.now() + delay).update(status=Status.FAILING)
    row.update(
        refresh_owner=None,
        refresh_lease_until=None,
        refresh_failures=F("refresh_failures") + 1,
        refresh_not_before=Now() + delay,
        cause=cause,
        cure=cure,
    )


def leave_failing(connection_ids: Collection[uuid.UUID], error: ProviderError) -> None:
    """Say of those whose token has ended that they fail, untried: others have shown that their server does."""
    rows = AppConnection.objects.filter(pk__in=connection_ids, token_expires_at__lte=Now(), status__in=TIMED)
    rows.update(status=Status.FAILING, cause=error.message, cure=WAIT)


def _require_reconnect(claim: Claim, connection: AppConnection, cause: str) -> None:
    """Give the grant up, unless somebody else has stored newer tokens or has taken the claim over meanwhile."""
    with transaction.atomic():
        given_up = (
            claim.row()
            .filter(credentials_hash=connection.credentials_hash)
            .update(
                status=Status.RECONNECT_REQUIRED,
                cause=cause,
                cure=RECONNECT,
                refresh_owner=None,
                refresh_lease_until=None,
                refresh_unanswered_since=None,
            )
        )
        if given_up:
            record(Event.LOSE_APP_CONNECTION_GRANT, connection, actor=system(), name=connection.name, cause=cause)
