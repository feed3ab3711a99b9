"""A fresh access token, whoever asks: the one place that opens stored credentials for use, and refreshes them.

GitLab's refresh tokens, and those of GitHub's Apps, are single-use, and a refresh kills the old access token at
once. So, for any number of callers in any number of processes:

1. A token is refreshed late: in its last five minutes (`claims.MARGIN`).
2. Who refreshes claims the row first, with one conditional UPDATE; nothing is held during the call.
3. The winner reads the row again, notes the start, calls, and stores the new tokens and the audit event together.
4. The others are served a token that is still valid, or wait for the winner until their patience ends.
5. `invalid_grant`: when somebody else has stored newer tokens, those count. Otherwise only a person can help.
6. Anything else that fails is put off, and the old token is served while it is valid.
7. A process may die at any line: the claim runs out, and the note of the start says what may have happened.

A token that is made rather than refreshed (`OAuth.makes_tokens`) takes the same way: made twice, it does no harm.
"""

import threading
import uuid
from contextvars import copy_context
from dataclasses import dataclass, field

from django.db import connections
from django.db.models.functions import Now
from django.utils import timezone

from connections import claims
from connections.claims import Claim, is_due
from connections.errors import ReconnectRequired, TokenUnavailable
from connections.models import AppConnection
from connections.providers import PROVIDERS
from connections.providers.base import Credentials, Provider
from connections.refreshing import LONGEST_PAUSE, carry_out, patiently, read
from connections.states import Status
from wire.database import release

PATIENCE = 30.0  # seconds that a caller waits for a refresh
# So long waits for a better token who holds a valid one and has begun its refresh.
PATIENCE_WITH_A_VALID_TOKEN = 5.0


@dataclass(frozen=True, slots=True)
class Fresh:
    """A connection, and credentials of it that work now."""

    connection: AppConnection
    credentials: Credentials = field(repr=False)

    @property
    def provider(self) -> Provider:
        return PROVIDERS[self.connection.app]


def fresh(connection_id: uuid.UUID, *, patience: float = PATIENCE, refused: str = "") -> Fresh:
    """Return credentials that are good for some minutes, refreshed if need be; costs one query if not.

    `refused` is the hash of credentials that the provider has just not accepted: while they are being replaced
    they are not served again. Raises ConnectionNotFound; ReconnectRequired when only a person can help;
    TokenUnavailable when a later call may succeed, at the latest after `patience` seconds.
    """
    for left in patiently(patience):
        connection = read(connection_id)
        if not is_due(connection):
            return Fresh(connection, connection.open_credentials())
        if connection.status == Status.RECONNECT_REQUIRED:
            raise ReconnectRequired(PROVIDERS[connection.app].display_name, connection.cause)
        if claim := claims.take(connection_id):
            release()  # the refresh needs a database connection, and there may be no other
            _in_background(claim).join(min(left, PATIENCE_WITH_A_VALID_TOKEN) if _is_valid(connection) else left)
            continue
        wait = _put_off(connection)
        if _is_valid(connection) and (wait > 0 or connection.credentials_hash != refused):
            return Fresh(connection, connection.open_credentials())
        if wait > 0:
            raise TokenUnavailable(connection.cause, wait)
        release()
    raise TokenUnavailable("Its token is being refreshed right now.", LONGEST_PAUSE)


def in_place_of(refused: Fresh, *, patience: float = PATIENCE, anew: bool) -> Fresh | None:
    """Return other credentials than those that were refused; None where there are none.

    Somebody may have stored them just now; or, with `anew`, they are refreshed at once. Raises what `fresh` does.
    """
    used = refused.connection
    newer = fresh(used.id, patience=patience, refused=used.credentials_hash)
    if anew and newer.connection.credentials_hash == used.credentials_hash:
        same = AppConnection.objects.filter(pk=used.id, credentials_hash=used.credentials_hash)
        same.update(token_expires_at=Now())
        newer = fresh(used.id, patience=patience)
    return newer if newer.connection.credentials_hash != used.credentials_hash else None


def _is_valid(connection: AppConnection) -> bool:
    return connection.token_expires_at is None or connection.token_expires_at > timezone.now()


def _put_off(connection: AppConnection) -> float:
    """Return for how many seconds the next refresh is put off."""
    if connection.refresh_not_before is None:
        return 0.0
    return (connection.refresh_not_before - timezone.now()).total_seconds()


def _in_background(claim: Claim) -> threading.Thread:
    """Refresh in a thread of its own: a caller whose patience ends must not cut the refresh off."""

    def run() -> None:
        try:
            carry_out(claim)
        finally:
            connections.close_all()

    # The context holds the request's id, for the log.
    thread = threading.Thread(target=copy_context().run, args=(run,), name=f"refresh-{claim.connection_id}")
    thread.start()
    return thread
