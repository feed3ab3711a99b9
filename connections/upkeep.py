"""Tokens refreshed ahead of need, and the way to work through many connections: server by server."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connections
from django.db.models import QuerySet

from connections import claims
from connections.models import AppConnection
from connections.refreshing import refresh
from connections.servers import origin_of

SERVERS_AT_ONCE = 8
# Fewer than all places: a server that keeps us waiting must not keep the others waiting too.
CALLS_PER_SERVER = 3
ROUND = 5000  # connections

log = structlog.get_logger(__name__)


# Does what is due with one connection; returns whether its server is in trouble.
Work = Callable[[uuid.UUID], bool]


def refresh_due() -> None:
    """Refresh the tokens that are due, those that end first before the others, server by server.

    Workers share the work through the claims: what another one has is not waited for. A server in trouble is left
    alone until the next round.
    """
    server_by_server(claims.due().order_by("token_expires_at"), _refresh)


def _refresh(connection_id: uuid.UUID) -> bool:
    failure = refresh(connection_id)
    return failure is not None and failure.retryable


def server_by_server(rows: QuerySet[AppConnection], work: Work) -> None:
    """Do the work for these connections in their order: a few at once to one server, until it is in trouble."""
    with ThreadPoolExecutor(SERVERS_AT_ONCE, thread_name_prefix="server") as pool:
        for outcome in [pool.submit(_work_through, ids, work) for ids in _by_server(rows).values()]:
            outcome.result()


def _by_server(rows: QuerySet[AppConnection]) -> Mapping[str, Sequence[uuid.UUID]]:
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    for connection in rows.only("app", "public")[:ROUND]:
        found[origin_of(connection.instance_url)].append(connection.pk)
    connections.close_all()
    return found


def _work_through(ids: Sequence[uuid.UUID], work: Work) -> None:
    trouble: list[uuid.UUID] = []
    with ThreadPoolExecutor(CALLS_PER_SERVER, thread_name_prefix="call") as pool:
        for outcome in [pool.submit(_do, work, trouble, connection_id) for connection_id in ids]:
            outcome.result()


def _do(work: Work, trouble: list[uuid.UUID], connection_id: uuid.UUID) -> None:
    if trouble:
        return
    try:
        if work(connection_id):
            trouble.append(connection_id)
    except Exception:
        log.exception("the work for a connection failed", connection_id=str(connection_id))
        trouble.append(connection_id)
    finally:
        connections.close_all()
