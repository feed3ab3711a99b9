"""Tokens refreshed ahead of need, and the way to work through many connections: server by server."""

import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connections
from django.db.models import QuerySet

from connections import claims
from connections.models import AppConnection
from connections.providers.errors import Busy, ProviderError
from connections.refreshing import leave_failing, refresh
from connections.servers import origin_of

SERVERS_AT_ONCE = 8
# Fewer than all places: a server that keeps us waiting must not keep the others waiting too.
CALLS_PER_SERVER = 3
ROUND = 5000  # connections to one server: it must not keep those to the others out, however many it has

log = structlog.get_logger(__name__)


# Does what is due with one connection; returns whether its server is in trouble.
Work = Callable[[uuid.UUID], bool]
# Is told of a server that is in trouble, as these connections to it have shown, and which others are left.
Leave = Callable[[Sequence[uuid.UUID], Sequence[uuid.UUID]], None]


def refresh_due() -> None:
    """Refresh the tokens that are due, those that end first before the others, server by server.

    Workers share the work through the claims: what another one has is not waited for. A server in trouble is left
    alone until the next round, and of the tokens that have ended meanwhile it is said why there are no new ones.
    """
    failures: dict[uuid.UUID, ProviderError] = {}

    def work(connection_id: uuid.UUID) -> bool:
        failure = refresh(connection_id)
        if failure and failure.retryable:
            failures[connection_id] = failure
        return connection_id in failures

    def leave(troubled: Sequence[uuid.UUID], left: Sequence[uuid.UUID]) -> None:
        found = [failures[connection_id] for connection_id in troubled if connection_id in failures]
        if len(found) == len(troubled) and not isinstance(found[-1], Busy):
            leave_failing(left, found[-1])

    server_by_server(claims.due().order_by("token_expires_at"), work, leave)


def server_by_server(rows: QuerySet[AppConnection], work: Work, leave: Leave) -> None:
    """Do the work for these connections in their order: a few at once to one server, until it is in trouble.

    One that fails may do so for a reason of its own: a server is in trouble when `CALLS_PER_SERVER` of them fail.
    """
    with ThreadPoolExecutor(SERVERS_AT_ONCE, thread_name_prefix="server") as pool:
        for outcome in [pool.submit(_work_through, ids, work, leave) for ids in _by_server(rows).values()]:
            outcome.result()


def _by_server(rows: QuerySet[AppConnection]) -> Mapping[str, Sequence[uuid.UUID]]:
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    for connection in rows.only("app", "public").iterator():
        ids = found[origin_of(connection.instance_url)]
        if len(ids) < ROUND:
            ids.append(connection.pk)
    connections.close_all()
    return found


def _work_through(ids: Sequence[uuid.UUID], work: Work, leave: Leave) -> None:
    trouble: list[uuid.UUID] = []
    fine: list[uuid.UUID] = []  # after others were in trouble
    left: deque[uuid.UUID] = deque()

    def do(connection_id: uuid.UUID) -> None:
        if trouble:
            left.append(connection_id)
        elif _fails(work, connection_id):
            trouble.append(connection_id)
        elif trouble:
            fine.append(connection_id)

    with ThreadPoolExecutor(CALLS_PER_SERVER, thread_name_prefix="call") as pool:
        for outcome in [pool.submit(do, connection_id) for connection_id in ids]:
            outcome.result()
    while left and not fine and len(trouble) < CALLS_PER_SERVER:
        connection_id = left.popleft()
        (trouble if _fails(work, connection_id) else fine).append(connection_id)
    if left and not fine:
        _leave(leave, trouble, left)


def _fails(work: Work, connection_id: uuid.UUID) -> bool:
    try:
        return work(connection_id)
    except Exception:
        log.exception("the work for a connection failed", connection_id=str(connection_id))
        return True
    finally:
        connections.close_all()


def _leave(leave: Leave, trouble: Sequence[uuid.UUID], left: Iterable[uuid.UUID]) -> None:
    try:
        leave(trouble, list(left))
    except Exception:
        log.exception("what is left of a server in trouble could not be noted", connection_id=str(trouble[0]))
    finally:
        connections.close_all()
