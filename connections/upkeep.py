"""Tokens refreshed ahead of need: what the worker does, on as many machines as run one."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
from django.db import connections

from connections import claims
from connections.models import AppConnection
from connections.providers import PROVIDERS
from connections.refreshing import refresh
from connections.servers import origin_of

SERVERS_AT_ONCE = 8
# Fewer than all places: a server that keeps us waiting must not keep the others waiting too.
CALLS_PER_SERVER = 3
ROUND = 5000  # connections

log = structlog.get_logger(__name__)


def refresh_due() -> None:
    """Refresh the tokens that are due, those that end first before the others, server by server.

    Workers share the work through the claims: what another one has is not waited for. A server in trouble is left
    alone until the next round.
    """
    with ThreadPoolExecutor(SERVERS_AT_ONCE, thread_name_prefix="server") as pool:
        for outcome in [pool.submit(_refresh_all, due) for due in _due_by_server().values()]:
            outcome.result()


def _due_by_server() -> Mapping[str, Sequence[uuid.UUID]]:
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    rows = claims.due().order_by("token_expires_at").only("app", "public")
    for connection in rows[:ROUND]:
        found[_server_of(connection)].append(connection.pk)
    connections.close_all()
    return found


def _server_of(connection: AppConnection) -> str:
    provider = PROVIDERS[connection.app]
    return origin_of(provider.server_url(connection.public, provider.client_variables.default_url))


def _refresh_all(due: Sequence[uuid.UUID]) -> None:
    """Refresh the connections to one server, a few at once, until it is in trouble."""
    trouble: list[uuid.UUID] = []
    with ThreadPoolExecutor(CALLS_PER_SERVER, thread_name_prefix="refresh") as pool:
        for outcome in [pool.submit(partial(_refresh, trouble), connection_id) for connection_id in due]:
            outcome.result()


def _refresh(trouble: list[uuid.UUID], connection_id: uuid.UUID) -> None:
    if trouble:
        return
    try:
        failure = refresh(connection_id)
        if failure is not None and failure.retryable:
            trouble.append(connection_id)
    except Exception:
        log.exception("a token could not be refreshed", connection_id=str(connection_id))
        trouble.append(connection_id)
    finally:
        connections.close_all()
