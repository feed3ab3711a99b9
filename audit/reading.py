"""Reading the audit log, newest first. What a reader may see is a Reach; every question stays within it.

Pages begin after a position and not after a number of events: millions cost no more than ten, and what happens
meanwhile moves nothing.
"""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from django.db.models import Q, QuerySet

from audit.actors import ActorType
from audit.events import Event
from audit.models import NEWEST_FIRST, AuditEvent
from wire.ids import parse_uuid

PAGE = 50
AT_ONCE = 500
ENDS = (Event.DELETE_APP_CONNECTION, Event.DELETE_APP_CONNECTION_INSTANCE)


@dataclass(frozen=True, slots=True)
class Reach:
    """The events of an organization; of these projects of it only, unless they are None."""

    organization_id: uuid.UUID
    project_ids: frozenset[uuid.UUID] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events: all that fit what is not None or empty. `since` and `until` belong to the time."""

    actor_type: ActorType | None = None
    actor_id: uuid.UUID | None = None
    actor_name: str = ""
    types: Collection[str] = ()
    subject_id: uuid.UUID | None = None
    subject_name: str = ""
    project_id: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Position:
    """The place of an event in the order of the log."""

    created_at: datetime
    id: uuid.UUID

    @classmethod
    def of(cls, event: AuditEvent) -> Self:
        return cls(event.created_at, event.id)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the position that `str` wrote; None for anything else."""
        moment, _, event_id = text.partition("~")
        known_id = parse_uuid(event_id)
        try:
            created_at = datetime.strptime(moment, MOMENT).replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(created_at, known_id) if known_id else None

    def __str__(self) -> str:
        return f"{self.created_at.astimezone(UTC):{MOMENT}}~{self.id}"


MOMENT = "%Y-%m-%dT%H:%M:%S.%f"


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, and where the newer and the older ones begin; None where there are none."""

    events: list[AuditEvent]
    newer: Position | None = None
    older: Position | None = None


def page(
    reach: Reach,
    wanted: Wanted = EVERYTHING,
    *,
    before: Position | None = None,
    after: Position | None = None,
    size: int = PAGE,
) -> Page:
    """Return the newest events; those just before a position, or just after one. One query."""
    found = matching(reach, wanted)
    if after and not before:
        closest = list(_newer(found, after).order_by("created_at", "id")[: size + 1])
        events = closest[:size][::-1]
        return _page(events, is_first=len(closest) <= size, is_last=False)
    rows = _older(found, before) if before else found
    closest = list(rows.order_by(*NEWEST_FIRST)[: size + 1])
    return _page(closest[:size], is_first=before is None, is_last=len(closest) <= size)


def about(
    organization_id: uuid.UUID,
    subject_id: uuid.UUID,
    *,
    before: Position | None = None,
    after: Position | None = None,
    size: int = PAGE,
) -> Page:
    """Return what happened to one thing, such as a connection. Whether its reader may know, the caller asks."""
    return page(Reach(organization_id), Wanted(subject_id=subject_id), before=before, after=after, size=size)


def every(reach: Reach, wanted: Wanted = EVERYTHING) -> Iterator[list[AuditEvent]]:
    """Yield all events in batches. Between them nothing is held in the database, whoever reads however slowly."""
    found = matching(reach, wanted).order_by(*NEWEST_FIRST)
    rows = found
    while batch := list(rows[:AT_ONCE]):
        yield batch
        rows = _older(found, Position.of(batch[-1]))


def ended(organization_id: uuid.UUID, subject_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these things are deleted, as the log has it."""
    ends = AuditEvent.objects.filter(organization_id=organization_id, subject_id__in=subject_ids, type__in=ENDS)
    return {found for found in ends.values_list("subject_id", flat=True) if found}


def matching(reach: Reach, wanted: Wanted) -> QuerySet[AuditEvent]:
    """Return the events of a reach that are wanted, in no order."""
    found = AuditEvent.objects.filter(organization_id=reach.organization_id)
    if reach.project_ids is not None:
        found = found.filter(project_id__in=reach.project_ids)
    equal = {
        "actor_type": wanted.actor_type,
        "actor_id": wanted.actor_id,
        "actor_name__icontains": wanted.actor_name,
        "type__in": list(wanted.types),
        "subject_id": wanted.subject_id,
        "subject_name__icontains": wanted.subject_name,
        "project_id": wanted.project_id,
        "created_at__gte": wanted.since,
        "created_at__lte": wanted.until,
    }
    return found.filter(**{name: value for name, value in equal.items() if value})


def _older(events: QuerySet[AuditEvent], than: Position) -> QuerySet[AuditEvent]:
    """Return those before a position. The first condition is what an index can begin with."""
    return events.filter(Q(created_at__lt=than.created_at) | Q(id__lt=than.id), created_at__lte=than.created_at)


def _newer(events: QuerySet[AuditEvent], than: Position) -> QuerySet[AuditEvent]:
    return events.filter(Q(created_at__gt=than.created_at) | Q(id__gt=than.id), created_at__gte=than.created_at)


def _page(events: list[AuditEvent], *, is_first: bool, is_last: bool) -> Page:
    if not events:
        return Page([])
    newest, oldest = Position.of(events[0]), Position.of(events[-1])
    return Page(events, None if is_first else newest, None if is_last else oldest)
