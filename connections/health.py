"""Does a connection work? Ask the provider, and put the answer on the row, with the time it was asked.

1. A check takes credentials as everybody does (`tokens.fresh`), asks whose they are and what they may do with no
   transaction open, and stores the outcome in one, together with the audit event.
2. An outcome counts for the credentials it was found with: never for newer ones, and never over a later check.
3. What a refresh has found (a lost grant, a refresh that fails) is for a refresh to lift: `refreshing.py`.
4. A 401 may come from a refresh just before, so a check looks again. An OAuth token that is refused though it
   should live is refreshed: that shows whether the grant is gone.
5. A 429, or a lack of places for calls, is no verdict: the status stays, and it is tried again.
6. The worker repeats it for rows that are due. Who takes one puts its due time off by a lease, in one conditional
   UPDATE: a process may die at any line, and the row is due again when the lease ends.
7. A server at which several checks in a row find trouble is left alone: that counts for all that are due there.
"""

import random
import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from audit.actors import Actor, system
from audit.events import Event
from connections import tokens, verdicts
from connections.errors import ConnectionNotFound, ReconnectRequired, TokenUnavailable, Unsealable
from connections.history import record
from connections.models import AppConnection
from connections.providers import PROVIDERS
from connections.providers.base import Facts
from connections.providers.errors import Busy, ProviderError, RateLimited
from connections.reading import let_in, may_wait, to_wait
from connections.refreshing import read
from connections.servers import server_for
from connections.states import TIMED, State, Status
from connections.tokens import Fresh
from connections.upkeep import server_by_server
from connections.verdicts import Verdict
from organizations.access import Principal
from organizations.roles import Permission
from wire.database import release

CHECK_EVERY = timedelta(hours=1)
FIRST_DELAY = timedelta(minutes=1)  # after a failed check; it doubles with each further one, up to CHECK_EVERY
WAIT = timedelta(minutes=1)  # after a check without a verdict, unless the server asks for more
LEASE = timedelta(minutes=3)  # longer than a check takes
ROUND_SECONDS = 60.0  # after so long no check is begun: tokens that are due must not wait
PATIENCE_OF_A_PERSON = 10.0  # seconds
CHANGED_BY_A_CHECK = (
    "account",
    "scopes",
    "expires_at",
    "details",
    "warnings",
    "verified_at",
    "checked_at",
    "check_due_at",
    "check_failures",
    "status",
    "cause",
    "cure",
)

Undecided = ProviderError | TokenUnavailable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a check: a verdict, or why there is none. With neither, a refresh has left its own on the row.

    `began_at` is when it began, with the credentials of `connection`.
    """

    connection: AppConnection
    began_at: datetime
    verdict: Verdict | None = None
    undecided: Undecided | None = None

    @property
    def is_trouble(self) -> bool:
        """Tell whether the server is to be left alone for a while."""
        return self.verdict.is_trouble if self.verdict else isinstance(self.undecided, ProviderError)


def check_now(principal: Principal, *, connection_id: uuid.UUID) -> State:
    """Check a connection because somebody asks; returns how it is.

    Whoever may use it may ask: a check is a use, and shows nothing that a use does not. Raises NotFound,
    PermissionDenied; ProviderRateLimited, TooManyCalls and TokenUnavailable when there is no verdict.
    """
    view = let_in(principal, connection_id, Permission.CONNECTIONS_CONNECT)
    with may_wait(PATIENCE_OF_A_PERSON) as patience:
        finding = _look(connection_id, patience)
    _store(finding, principal.actor)
    if isinstance(finding.undecided, RateLimited | Busy):
        raise to_wait(PROVIDERS[view.app], "checking the connection", finding.undecided)
    if isinstance(finding.undecided, TokenUnavailable):
        raise finding.undecided
    return read(connection_id).state


def check_due() -> None:
    """Check the connections that are due, those that wait longest first, server by server, for about a minute."""
    end = time.monotonic() + ROUND_SECONDS
    troubles: dict[uuid.UUID, Finding] = {}

    def work(connection_id: uuid.UUID) -> bool:
        if time.monotonic() > end:
            return True
        finding = check(connection_id) if take(connection_id) else None
        if finding and finding.is_trouble:
            troubles[connection_id] = finding
        return connection_id in troubles

    def leave(troubled: Sequence[uuid.UUID], left: Sequence[uuid.UUID]) -> None:
        found = [troubles[connection_id] for connection_id in troubled if connection_id in troubles]
        if len(found) == len(troubled):
            share(next((finding for finding in found if finding.undecided), found[-1]), left)

    server_by_server(due().order_by(F("check_due_at").asc(nulls_first=True)), work, leave)


def check(connection_id: uuid.UUID) -> Finding | None:
    """Check one connection and store the outcome; returns it, or None for a connection that is gone."""
    try:
        finding = _look(connection_id, tokens.PATIENCE)
    except ConnectionNotFound:
        return None
    _store(finding)
    return finding


def share(finding: Finding, connection_ids: Iterable[uuid.UUID]) -> None:
    """Let what was found about a server count for further connections to it that are due."""
    for connection_id in connection_ids:
        with suppress(ConnectionNotFound):
            if take(connection_id):
                _store(replace(finding, connection=read(connection_id)))


def due() -> QuerySet[AppConnection]:
    """Return the connections that are to be checked now. Where a token has ended, a refresh comes first."""
    is_time = Q(check_due_at__isnull=True) | Q(check_due_at__lte=Now())
    return AppConnection.objects.filter(is_time).exclude(token_expires_at__lte=Now())


def take(connection_id: uuid.UUID) -> bool:
    """Claim a check that is due; False when somebody else has it."""
    return bool(due().filter(pk=connection_id).update(check_due_at=Now() + LEASE))


def next_after(failures: int) -> datetime:
    """Return when to check again, after so many failures in a row."""
    delay = min(FIRST_DELAY * 2 ** min(failures - 1, 10), CHECK_EVERY) if failures else CHECK_EVERY
    return timezone.now() + delay * random.uniform(0.9, 1.1)  # noqa: S311


def _look(connection_id: uuid.UUID, patience: float) -> Finding:
    connection, began_at = read(connection_id), timezone.now()
    try:
        ready = tokens.fresh(connection_id, patience=patience)
        connection = ready.connection
        verdict = _ask(ready)
        if verdict.is_unauthorized and (
            newer := tokens.in_place_of(ready, patience=patience, anew=connection.has_grant)
        ):
            connection = newer.connection
            verdict = _ask(newer)
        return Finding(connection, began_at, verdict)
    except ReconnectRequired:
        return Finding(connection, began_at)
    except Unsealable:
        return Finding(connection, began_at, verdicts.unsealable(connection))
    except (RateLimited, Busy, TokenUnavailable) as error:
        return Finding(connection, began_at, undecided=error)


def _ask(ready: Fresh) -> Verdict:
    """Ask the provider about credentials; raises RateLimited and Busy."""
    connection = ready.connection
    server = server_for(ready.provider, ready.credentials, connection.organization_id)
    release()
    try:
        return verdicts.working(connection.way.verify(server, ready.credentials).facts)
    except (RateLimited, Busy):
        raise
    except ProviderError as error:
        return verdicts.failed(connection, error)
    except Exception:
        log.exception("a check failed", connection_id=str(connection.id))
        return verdicts.fault()


def _store(finding: Finding, asked_by: Actor | None = None) -> None:
    """Store the outcome with its event: always when somebody asked, otherwise when the status changes."""
    with transaction.atomic():
        found = AppConnection.objects.select_for_update().defer("sealed_credentials")
        row = found.filter(pk=finding.connection.pk).first()
        if row is None:
            return
        before = row.status
        if _counts(finding, row):
            _put(finding, row)
            row.save(update_fields=CHANGED_BY_A_CHECK)
        if asked_by or row.status != before:
            record(
                Event.CHECK_APP_CONNECTION if asked_by else Event.CHANGE_APP_CONNECTION_STATUS,
                row,
                actor=asked_by or system(),
                name=row.name,
                status=row.status,
                statusBefore=before,
                **({"cause": row.cause} if row.cause else {}),
                **({"undecided": str(finding.undecided)} if finding.undecided else {}),
            )


def _counts(finding: Finding, row: AppConnection) -> bool:
    """Tell whether it was found with the credentials on the row, and no later check has said otherwise."""
    is_same = row.credentials_hash == finding.connection.credentials_hash
    return is_same and (row.checked_at is None or row.checked_at < finding.began_at)


def _put(finding: Finding, row: AppConnection) -> None:
    verdict = finding.verdict
    if finding.undecided:
        row.check_due_at = timezone.now() + _pause(finding.undecided)
        if row.lacks_token and row.status in TIMED:  # a refresh has left the cause
            row.status = Status.FAILING
        return
    row.checked_at = finding.began_at
    row.check_failures = 0 if verdict and verdict.facts else row.check_failures + 1
    row.check_due_at = next_after(row.check_failures)
    if verdict and verdict.facts:
        _put_facts(verdict.facts, row)
    if verdict and not _is_held(row, verdict):
        row.status, row.cause, row.cure = verdict.status, verdict.cause, verdict.cure
        if verdict.status == Status.HEALTHY:
            row.status = row.state.status


def _put_facts(facts: Facts, row: AppConnection) -> None:
    row.account = asdict(facts.account) if facts.account else None
    row.scopes = list(facts.scopes)
    row.expires_at = facts.expires_at
    row.details = [asdict(detail) for detail in facts.details]
    row.warnings = [asdict(warning) for warning in facts.warnings]
    row.verified_at = row.checked_at or row.verified_at


def _is_held(row: AppConnection, verdict: Verdict) -> bool:
    """Tell whether something is known that this check knows nothing of: by a refresh, or of a refused token."""
    if row.status == Status.RECONNECT_REQUIRED and (row.has_grant or verdict.status == Status.FAILING):
        return True
    return row.refresh_failures > 0 and (verdict.status == Status.HEALTHY or row.status == Status.FAILING)


def _pause(undecided: Undecided) -> timedelta:
    """Return how long to wait: what the server asks for, and never less than our own minute."""
    return max(timedelta(seconds=undecided.retry_after or 0.0), WAIT) * random.uniform(1.0, 1.2)  # noqa: S311
