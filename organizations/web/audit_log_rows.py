"""The audit log as people read it: an event in words, with links to what the reader may open."""

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from audit import reading
from audit.actors import ActorType
from audit.models import AuditEvent
from audit.words import ACTORS, GROUPS, words_of
from organizations.access import Principal
from organizations.roles import Permission

LONGEST_VALUE = 2000
ICONS = {ActorType.IDENTITY: "cpu-chip", ActorType.SYSTEM: "cog-6-tooth", ActorType.USER: "user"}
CONNECTION_EVENTS = frozenset(GROUPS["Connections"])


@dataclass(frozen=True, slots=True)
class Row:
    """One event. `facts` are its details by their names, `url` leads to what it is about."""

    event: AuditEvent
    words: str
    actor_icon: str
    actor_kind: str
    url: str | None
    project: str
    facts: Mapping[str, str]


def rows_of(principal: Principal, events: Sequence[AuditEvent], projects: Mapping[uuid.UUID, str]) -> list[Row]:
    """Return the rows of a page; `projects` are the names of those that the reader may know. One query."""
    subjects = {event.subject_id for event in events if event.subject_id and event.type in CONNECTION_EVENTS}
    gone = reading.ended(principal.organization_id, subjects) if subjects else set()
    return [
        Row(
            event=event,
            words=words_of(event.type),
            actor_icon=ICONS.get(event.actor_type, "question-mark-circle"),  # type: ignore[call-overload]
            actor_kind=ACTORS.get(event.actor_type, event.actor_type),
            url=None if event.subject_id in gone else _address(principal, event),
            project=projects.get(event.project_id, "a deleted project") if event.project_id else "",
            facts=_facts(event),
        )
        for event in events
    ]


def _address(principal: Principal, event: AuditEvent) -> str | None:
    """Return where the connection of an event is shown, if the principal may see it."""
    may_open = Permission.CONNECTIONS_READ in principal.permissions(event.project_id)
    if event.subject_id is None or event.type not in CONNECTION_EVENTS or not may_open:
        return None
    try:
        return reverse("connections:detail", args=[event.subject_id])
    except NoReverseMatch:
        return None


def _facts(event: AuditEvent) -> dict[str, str]:
    named = {
        "Event": event.type,
        "Event id": str(event.id),
        "Actor id": str(event.actor_id or ""),
        "Subject id": str(event.subject_id or ""),
        "User agent": event.user_agent,
        "Request": event.request_id,
    }
    told = {_spaced(name): _text(value) for name, value in event.metadata.items()}
    return {name: value for name, value in (named | told).items() if value}


def _spaced(name: str) -> str:
    """Return the name of a field as words: "connectionId" is "Connection id"."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f" {found[1].lower()}", name).capitalize()


def _text(value: Any) -> str:
    """Return a value as text, cut where it is too long to be read; an export has all of it."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        text = ", ".join(value)
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    else:
        text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
