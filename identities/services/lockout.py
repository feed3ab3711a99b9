"""Failed logins are counted per client id, known or not, so that a lockout tells nothing of who exists."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection

from identities.keys import Purpose, digests
from identities.models import LoginFailure, UniversalAuth

MOST_FORGOTTEN = 100

# One statement, so that two failures at once count as two. An expired row counts as gone.
COUNT = """
    INSERT INTO identities_loginfailure (key, failures, expires_at) VALUES (%(key)s, 1, %(first)s)
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN identities_loginfailure.expires_at <= %(now)s THEN 1
                        ELSE identities_loginfailure.failures + 1 END,
        expires_at = CASE WHEN identities_loginfailure.expires_at <= %(now)s THEN %(first)s
                          WHEN identities_loginfailure.failures + 1 >= %(threshold)s THEN %(locked)s
                          ELSE %(counting)s END
"""


def failures_of(client_id: uuid.UUID, now: datetime) -> int:
    """Return how many failed logins of a client id count at the moment."""
    current = LoginFailure.objects.filter(pk=_key_of(client_id), expires_at__gt=_unix(now))
    return current.values_list("failures", flat=True).first() or 0


def ends_of(auths: Iterable[UniversalAuth], now: datetime) -> dict[uuid.UUID, datetime]:
    """Return when lockouts end, by the id of the identity; for those that are locked out. One query."""
    by_key = {_key_of(auth.client_id): auth for auth in auths}
    rows = LoginFailure.objects.filter(pk__in=by_key, expires_at__gt=_unix(now))
    return {
        by_key[row.key].identity_id: datetime.fromtimestamp(row.expires_at, UTC)
        for row in rows
        if is_locked(row.failures, by_key[row.key])
    }


def is_locked(failures: int, rules: UniversalAuth) -> bool:
    return rules.lockout_enabled and failures >= rules.lockout_threshold


def count_failure(client_id: uuid.UUID, rules: UniversalAuth, now: datetime) -> None:
    """Count a failed login. Call it inside a transaction."""
    moment = _unix(now)
    _forget_expired(moment)
    counting = moment + rules.lockout_counter_reset_seconds
    locked = moment + rules.lockout_duration_seconds
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {
                "key": _key_of(client_id),
                "now": moment,
                "threshold": rules.lockout_threshold,
                "first": locked if rules.lockout_threshold == 1 else counting,
                "counting": counting,
                "locked": locked,
            },
        )


def _forget_expired(moment: int) -> None:
    """Delete some rows whose time is over, so that made-up client ids do not fill the table. Waits for nobody."""
    past = LoginFailure.objects.filter(expires_at__lte=moment)
    some = list(past.select_for_update(skip_locked=True).values_list("pk", flat=True)[:MOST_FORGOTTEN])
    if some:
        LoginFailure.objects.filter(pk__in=some).delete()


def clear(client_id: uuid.UUID) -> int:
    """Forget the failures of a client id; returns how many counts that ended: 0 or 1."""
    deleted, _ = LoginFailure.objects.filter(pk=_key_of(client_id)).delete()
    return deleted


def _key_of(client_id: uuid.UUID) -> str:
    return digests(str(client_id), Purpose.LOGIN_FAILURE)[0]


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())
