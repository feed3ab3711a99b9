"""Who refreshes a connection's token: one owner at a time, in whatever process, as long as it shows signs of life.

A claim is one conditional UPDATE and ends by itself when its lease runs out: a process that dies leaves a row that
the next caller picks up. Leases are counted by the clock of the database, which all processes share. No lock and
no transaction is held in between.
"""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import Error, connections
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from connections.models import AppConnection
from connections.states import Status

# A refresh kills the token that callers still hold, so it comes late: this long before the end.
MARGIN = timedelta(minutes=5)
LEASE = timedelta(seconds=20)
BEATS_IN_A_LEASE = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to refresh one connection."""

    connection_id: uuid.UUID
    owner: uuid.UUID

    def row(self) -> QuerySet[AppConnection]:
        """Return the row as long as the claim is ours."""
        return AppConnection.objects.filter(pk=self.connection_id, refresh_owner=self.owner)


def is_due(connection: AppConnection) -> bool:
    """Tell whether the connection's access token has ended or is about to."""
    return connection.token_expires_at is not None and connection.token_expires_at <= timezone.now() + MARGIN


def due() -> QuerySet[AppConnection]:
    """Return the connections whose token may be refreshed now: nobody does, and it is not put off."""
    nobody = Q(refresh_lease_until__isnull=True) | Q(refresh_lease_until__lte=Now())
    not_put_off = Q(refresh_not_before__isnull=True) | Q(refresh_not_before__lte=Now())
    found = AppConnection.objects.filter(nobody, not_put_off, token_expires_at__lte=timezone.now() + MARGIN)
    return found.exclude(status=Status.RECONNECT_REQUIRED)


def take(connection_id: uuid.UUID) -> Claim | None:
    """Claim a connection whose token is due; None when somebody else has it, or there is nothing to do yet."""
    claim = Claim(connection_id, uuid.uuid4())
    taken = due().filter(pk=connection_id).update(refresh_owner=claim.owner, refresh_lease_until=Now() + LEASE)
    return claim if taken else None


def note_start(claim: Claim, credentials_hash: str) -> bool:
    """Note that a refresh with these credentials goes out now; False when the claim or the credentials are gone.

    The note stays until the outcome is known: what comes after a crash sees that a token may have been rotated.
    """
    still_ours = claim.row().filter(refresh_lease_until__gt=Now(), credentials_hash=credentials_hash)
    since = Coalesce("refresh_unanswered_since", Now())
    return bool(still_ours.update(refresh_lease_until=Now() + LEASE, refresh_unanswered_since=since))


def release(claim: Claim) -> None:
    claim.row().update(refresh_owner=None, refresh_lease_until=None)


@contextmanager
def kept(claim: Claim) -> Iterator[None]:
    """Renew the lease for as long as the block runs, however long that is."""
    over = threading.Event()
    beat = threading.Thread(target=_keep, args=(claim, over), name=f"lease-{claim.connection_id}", daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()


def _keep(claim: Claim, over: threading.Event) -> None:
    while not over.wait(LEASE.total_seconds() / BEATS_IN_A_LEASE):
        try:
            claim.row().update(refresh_lease_until=Now() + LEASE)
        except Error:
            log.warning("a lease could not be renewed", connection_id=str(claim.connection_id), exc_info=True)
        finally:
            connections.close_all()
