"""Tokens refreshed ahead of need: what the worker does, on as many machines as run one."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connections

from connections import claims
from connections.refreshing import refresh

# Below the calls per host that the door to the network allows, so that requests find a place too.
AT_ONCE = 8
BATCH = 200

log = structlog.get_logger(__name__)


def refresh_due() -> int:
    """Refresh every token that is due, the one that ends first before the others; returns how many were tried.

    Workers share the work through the claims: what another one has is not waited for. A refresh that fails is put
    off, and so ends the round all the same.
    """
    tried = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="refresh") as pool:
        while due := _next():
            tried += sum(1 for _ in pool.map(_refresh, due))
    return tried


def _next() -> list[uuid.UUID]:
    return list(claims.due().order_by("token_expires_at").values_list("pk", flat=True)[:BATCH])


def _refresh(connection_id: uuid.UUID) -> None:
    try:
        refresh(connection_id)
    except Exception:
        log.exception("a token could not be refreshed", connection_id=str(connection_id))
    finally:
        connections.close_all()
