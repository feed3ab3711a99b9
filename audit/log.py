"""The only writer of the audit log.

`record` writes at once, inside the caller's transaction: a change and its event commit together. `note` is for
events of mere reading: they wait in this process and are written together within a second, and at shutdown.
"""

import os
import threading
import uuid
from collections.abc import Iterable
from multiprocessing.util import Finalize
from typing import Any

import structlog
from django.db import DataError, IntegrityError, connections, transaction

from audit.actors import Actor
from audit.events import Event
from audit.models import AuditEvent
from audit.subjects import Subject

FLUSH_SECONDS = 1.0
MOST_WAITING = 1000
LONGEST_NAME = 255

# An event that fails in one of these ways will never be written; after anything else it is tried again.
REFUSED = (DataError, IntegrityError, TypeError, ValueError)

log = structlog.get_logger(__name__)


def build(
    event: Event,
    *,
    actor: Actor,
    organization_id: uuid.UUID | None,
    project_id: uuid.UUID | None = None,
    about: Subject | None = None,
    **metadata: Any,
) -> AuditEvent:
    """Return the row of one event, `about` one thing if it is. Not stored yet; `metadata` never holds a secret."""
    return AuditEvent(
        type=event,
        organization_id=organization_id,
        project_id=project_id,
        actor_type=actor.type,
        actor_id=actor.id,
        actor_name=actor.name,
        subject_id=about.id if about else None,
        subject_name=about.name[:LONGEST_NAME] if about else None,
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
    about: Subject | None = None,
    **metadata: Any,
) -> None:
    """Store one event now. Call it inside the transaction of the change that it tells of."""
    stored = build(
        event, actor=actor, organization_id=organization_id, project_id=project_id, about=about, **metadata
    )
    stored.save(force_insert=True)


class Buffer:
    """Events of reading that wait to be written.

    Bounded: the caller who fills it writes it; while the database is away only the thread tries, once a second,
    and what finds no room goes to the log.
    """

    def __init__(self) -> None:
        self._waiting: list[AuditEvent] = []
        self._start_afresh()

    def _start_afresh(self) -> None:
        """Begin without a thread. In a forked process too: what waits there is the parent's to write."""
        self._waiting.clear()
        self._failing = False
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._writer: threading.Thread | None = None
        self._stopped = threading.Event()

    def add(self, event: AuditEvent) -> None:
        with self._lock:
            self._start_writer()
            self._waiting.append(event)
            lost = self._beyond_the_bound() if self._failing else []
            full = len(self._waiting) >= MOST_WAITING and not self._failing
        _log_lost(lost)
        if full:
            self.flush()

    def flush(self) -> None:
        """Write what waits. While the database is away events stay, as long as there is room for them."""
        with self._writing:
            with self._lock:
                batch, self._waiting = self._waiting, []
            try:
                _store(batch)
                self._failing = False
            except Exception:
                log.exception("audit events could not be written", count=len(batch))
                self._keep(batch)

    def _keep(self, batch: list[AuditEvent]) -> None:
        with self._lock:
            self._failing = True
            self._waiting = batch + self._waiting
            lost = self._beyond_the_bound()
        _log_lost(lost)

    def _beyond_the_bound(self) -> list[AuditEvent]:
        """Take out the newest events that there is no room for, and return them."""
        lost = self._waiting[MOST_WAITING:]
        del self._waiting[MOST_WAITING:]
        return lost

    def _start_writer(self) -> None:
        """Start the thread with the first event, so that a process forked before has one of its own."""
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_forever, name="audit-writer", daemon=True)
            self._writer.start()
            # Granian's workers are forked by multiprocessing, and such a process ends without atexit's functions.
            Finalize(None, self.stop, exitpriority=0)

    def _write_forever(self) -> None:
        while not self._stopped.wait(FLUSH_SECONDS):
            self.flush()
            connections.close_all()

    def stop(self) -> None:
        """Write what is left, also what the thread is about to write. Called at the end of the process."""
        self._stopped.set()
        self.flush()


def _log_lost(events: Iterable[AuditEvent]) -> None:
    for event in events:
        log.error("audit event was lost", type=event.type, actor=str(event.actor_id), metadata=event.metadata)


def _store(batch: list[AuditEvent]) -> None:
    """Write the events together; when the database refuses one of them, each by itself, and drop that one."""
    if not batch:
        return
    try:
        with transaction.atomic():
            AuditEvent.objects.bulk_create(batch)
    except REFUSED:
        for event in batch:
            try:
                with transaction.atomic():
                    event.save(force_insert=True)
            except REFUSED:
                log.exception("audit event was refused", type=event.type, request_id=event.request_id)


buffer = Buffer()
os.register_at_fork(after_in_child=buffer._start_afresh)


def note(
    event: Event,
    *,
    actor: Actor,
    organization_id: uuid.UUID,
    project_id: uuid.UUID | None = None,
    about: Subject | None = None,
    **metadata: Any,
) -> None:
    """Store one event of reading within a second."""
    buffer.add(
        build(event, actor=actor, organization_id=organization_id, project_id=project_id, about=about, **metadata)
    )
