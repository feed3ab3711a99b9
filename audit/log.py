"""The only writer of the audit log.

`record` writes at once, inside the caller's transaction: a change and its event commit together. `note` is for
events of mere reading: they wait in this process and are written together within a second, and at shutdown.
"""

import atexit
import threading
import uuid
from typing import Any

import structlog
from django.db import connections, transaction

from audit.actors import Actor
from audit.events import Event
from audit.models import AuditEvent

FLUSH_SECONDS = 1.0
MOST_WAITING = 1000

log = structlog.get_logger(__name__)


def build(
    event: Event,
    *,
    actor: Actor,
    organization_id: uuid.UUID | None,
    project_id: uuid.UUID | None = None,
    **metadata: Any,
) -> AuditEvent:
    """Return the row of one event, not yet stored. `metadata` is JSON and never holds a secret."""
    return AuditEvent(
        type=event,
        organization_id=organization_id,
        project_id=project_id,
        actor_type=actor.type,
        actor_id=actor.id,
        actor_name=actor.name,
        ip=actor.origin.ip,
        user_agent=actor.origin.user_agent,
        request_id=actor.origin.request_id,
        metadata=metadata,
    )


def record(
    event: Event,
    *,
    actor: Actor,
    organization_id: uuid.UUID | None,
    project_id: uuid.UUID | None = None,
    **metadata: Any,
) -> None:
    """Store one event now. Call it inside the transaction of the change that it tells of."""
    build(event, actor=actor, organization_id=organization_id, project_id=project_id, **metadata).save(
        force_insert=True
    )


class Buffer:
    """Events of reading that wait to be written. Bounded: the caller who fills it writes it."""

    def __init__(self) -> None:
        self._waiting: list[AuditEvent] = []
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None
        self._stopped = threading.Event()

    def add(self, event: AuditEvent) -> None:
        with self._lock:
            self._waiting.append(event)
            full = len(self._waiting) >= MOST_WAITING
            self._start_writer()
        if full:
            self.flush()

    def flush(self) -> None:
        """Write what waits. Events that the database refuses stay, as long as there is room for them."""
        with self._lock:
            batch, self._waiting = self._waiting, []
        if not batch:
            return
        try:
            with transaction.atomic():
                AuditEvent.objects.bulk_create(batch)
        except Exception:
            log.exception("audit events could not be written", count=len(batch))
            with self._lock:
                self._waiting = (batch + self._waiting)[:MOST_WAITING]

    def _start_writer(self) -> None:
        """Start the thread with the first event, so that a process forked before has one of its own."""
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_forever, name="audit-writer", daemon=True)
            self._writer.start()
            atexit.register(self.stop)

    def _write_forever(self) -> None:
        while not self._stopped.wait(FLUSH_SECONDS):
            self.flush()
            connections.close_all()

    def stop(self) -> None:
        """Write what is left. Called at the end of the process."""
        self._stopped.set()
        self.flush()


buffer = Buffer()


def note(
    event: Event,
    *,
    actor: Actor,
    organization_id: uuid.UUID,
    project_id: uuid.UUID | None = None,
    **metadata: Any,
) -> None:
    """Store one event of reading within a second."""
    buffer.add(build(event, actor=actor, organization_id=organization_id, project_id=project_id, **metadata))
