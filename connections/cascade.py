"""What goes with a project: each of its connections leaves a record, and the grants are given back.

Django deletes them with their project, and tells of each one. The server is asked once all of it is committed, in a
thread: whoever deletes a project does not wait for a thousand answers.
"""

import threading
from collections.abc import Sequence
from typing import Any

import structlog
from django.db import connections, transaction
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from audit.actors import Actor, system
from audit.events import Event
from connections.history import record
from connections.models import AppConnection
from connections.providers.base import Credentials
from connections.revocation import grant_of, revoke
from organizations.models import Project

Ended = tuple[AppConnection, Credentials]

log = structlog.get_logger(__name__)


@receiver(pre_delete, sender=AppConnection)
def deleted_with_its_owner(instance: AppConnection, origin: Any, **kwargs: Any) -> None:  # noqa: ARG001
    """Record the end of a connection whose project is deleted; `services.delete` records its own."""
    if not isinstance(origin, Project):
        return
    actor = system(f"deletion of project {origin.name}")
    record(
        Event.DELETE_APP_CONNECTION,
        instance,
        actor=actor,
        name=instance.name,
    )
    if grant := grant_of(instance):
        _give_back_after(origin, (_remembered(instance), grant), actor)


def _remembered(connection: AppConnection) -> AppConnection:
    """Return a copy of what is recorded of a connection: its row, and its id, are about to go."""
    kept = ("id", "organization_id", "project_id", "app", "method", "name")
    return AppConnection(**{name: getattr(connection, name) for name in kept})


def _give_back_after(project: Project, ended: Ended, actor: Actor) -> None:
    """Have the grants of a project's connections given back together, when its deletion is committed."""
    waiting: list[Ended] = project.__dict__.setdefault("_ended_grants", [])
    if not waiting:
        transaction.on_commit(lambda: give_back(waiting, actor))
    waiting.append(ended)


def give_back(ended: Sequence[Ended], actor: Actor) -> None:
    """Revoke grants one after the other, in a thread."""

    def run() -> None:
        for connection, credentials in ended:
            try:
                revoke(connection, credentials, actor=actor)
            except Exception:
                log.exception("a grant could not be given back", connection_id=str(connection.id))
            finally:
                connections.close_all()

    threading.Thread(target=run, name="give-back").start()
