"""What is told of a connection in the audit log: always where it lives, its id, and who acted."""

from typing import Any

from audit import log
from audit.actors import Actor
from audit.events import Event
from audit.subjects import Subject
from connections.models import AppConnection


def record(event: Event, connection: AppConnection, *, actor: Actor, **metadata: Any) -> None:
    """Store one event of a connection, which may be gone already. Call it inside the transaction of the change."""
    log.record(
        event,
        actor=actor,
        organization_id=connection.organization_id,
        project_id=connection.project_id,
        about=Subject(connection.id, connection.name),
        connectionId=str(connection.id),
        **metadata,
    )
