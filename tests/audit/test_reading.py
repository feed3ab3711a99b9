"""The log is read in pages that stay what they are, within what the reader may see."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from audit import log, reading
from audit.actors import Actor, ActorType, system
from audit.events import Event
from audit.models import AuditEvent
from audit.reading import Position, Reach, Wanted
from audit.subjects import Subject
from tests.audit.events import ACTOR, ORGANIZATION, ORIGIN

pytestmark = pytest.mark.django_db

ELSEWHERE = uuid.UUID("99999999-9999-4999-8999-999999999999")
PROJECT, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WHOLE = Reach(ORGANIZATION)
ANN = Actor(ActorType.USER, uuid.UUID(int=7), "ann@example.com", ORIGIN)


def happen(
    number: int = 0,
    event: Event = Event.GET_APP_CONNECTION,
    *,
    actor: Actor = ACTOR,
    organization_id: uuid.UUID = ORGANIZATION,
    **more: Any,
) -> AuditEvent:
    """Store an event `number` seconds after noon."""
    row = log.build(event, actor=actor, organization_id=organization_id, number=number, **more)
    row.created_at = NOON + timedelta(seconds=number)
    row.save()
    return row


def numbers(events: Sequence[AuditEvent]) -> list[int]:
    return [event.metadata["number"] for event in events]


def found(reach: Reach = WHOLE, **wanted: Any) -> list[int]:
    return numbers(reading.page(reach, Wanted(**wanted)).events)


def test_the_newest_come_first_and_others_organizations_not_at_all() -> None:
    for number in (2, 3, 1):
        happen(number)
    happen(4, organization_id=ELSEWHERE)
    happen(5, project_id=PROJECT)
    assert found() == [5, 3, 2, 1]
    assert found(Reach(uuid.uuid4())) == []


def test_who_reaches_projects_only_sees_the_events_of_those() -> None:
    happen(1)
    happen(2, project_id=PROJECT)
    happen(3, project_id=OTHER)
    happen(4, project_id=PROJECT, organization_id=ELSEWHERE)
    reach = Reach(ORGANIZATION, frozenset({PROJECT}))
    assert found(reach) == [2]
    assert found(reach, project_id=PROJECT) == [2]
    assert found(reach, project_id=OTHER) == []
    assert found(Reach(ORGANIZATION, frozenset())) == []


def test_events_are_found_by_each_of_their_sides() -> None:
    subject = Subject(uuid.uuid4(), "gitlab-platform")
    happen(1, about=subject)
    happen(2, Event.CREATE_PROJECT, actor=ANN, project_id=PROJECT)
    happen(3, actor=system("worker"))
    assert found(actor_type=ActorType.USER) == [2]
    assert found(actor_id=ACTOR.id) == [1]
    assert found(actor_name="ANN@") == [2]
    assert found(actor_name="%") == []
    assert found(types=[Event.CREATE_PROJECT]) == [2]
    assert found(types=[Event.CREATE_PROJECT, Event.GET_APP_CONNECTION]) == [3, 2, 1]
    assert found(subject_id=subject.id) == [1]
    assert found(subject_name="PLATFORM") == [1]
    assert found(project_id=PROJECT) == [2]
    assert found(since=NOON + timedelta(seconds=2)) == [3, 2]
    assert found(until=NOON + timedelta(seconds=2)) == [2, 1]
    assert found(actor_id=ACTOR.id, types=[Event.CREATE_PROJECT]) == []


def test_pages_go_to_and_fro_and_miss_nothing_also_within_one_moment() -> None:
    for number in range(10):
        happen(number // 4)
    everything = [event.id for event in reading.page(WHOLE, size=100).events]
    first = reading.page(WHOLE, size=4)
    second = reading.page(WHOLE, before=first.older, size=4)
    third = reading.page(WHOLE, before=second.older, size=4)
    assert [event.id for page in (first, second, third) for event in page.events] == everything
    assert (first.newer, third.older) == (None, None)
    back = reading.page(WHOLE, after=third.newer, size=4)
    assert [event.id for event in back.events] == everything[4:8]
    front = reading.page(WHOLE, after=back.newer, size=4)
    assert [event.id for event in front.events] == everything[:4]
    assert front.newer is None
    assert front.older == Position.of(front.events[-1])


def test_what_happens_meanwhile_moves_no_page() -> None:
    for number in range(8):
        happen(number)
    first = reading.page(WHOLE, size=3)
    before = numbers(reading.page(WHOLE, before=first.older, size=3).events)
    for number in range(100, 150):
        happen(number)
    assert numbers(reading.page(WHOLE, before=first.older, size=3).events) == before == [4, 3, 2]


def test_a_page_is_one_query_wherever_it_is(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(8):
        happen(number)
    somewhere = Position(NOON + timedelta(seconds=4), uuid.UUID(int=0))
    places: list[dict[str, Any]] = [{}, {"before": somewhere}, {"after": somewhere}]
    for place in places:
        with django_assert_num_queries(1) as asked:
            reading.page(WHOLE, size=3, **place)
        assert "OFFSET" not in asked[0]["sql"]


def test_a_position_is_written_and_read() -> None:
    position = Position(NOON + timedelta(microseconds=5), uuid.UUID(int=3))
    assert Position.parse(str(position)) == position


@pytest.mark.parametrize("text", ["", "~", "2026", "x~y", f"{NOON.isoformat()}~{OTHER}", "0" * 5000, "\0~\0"])
def test_what_is_no_position_is_none(text: str) -> None:
    assert Position.parse(text) is None


def test_everything_comes_in_batches_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 3)
    for number in range(8):
        happen(number // 2)
    batches = list(reading.every(WHOLE))
    assert [len(batch) for batch in batches] == [3, 3, 2]
    assert len({event.id for batch in batches for event in batch}) == 8


def test_what_happened_to_one_thing() -> None:
    subject = Subject(uuid.uuid4(), "gitlab")
    for number in range(5):
        happen(number, about=subject)
    happen(9, about=Subject(uuid.uuid4(), "gitlab"))
    happen(10, about=subject, organization_id=ELSEWHERE)
    page = reading.about(ORGANIZATION, subject.id, size=3)
    assert numbers(page.events) == [4, 3, 2]
    assert numbers(reading.about(ORGANIZATION, subject.id, before=page.older).events) == [1, 0]


def test_what_is_deleted_is_known_by_its_last_event() -> None:
    gone, there = Subject(uuid.uuid4(), "gone"), Subject(uuid.uuid4(), "there")
    happen(1, about=gone)
    happen(2, about=there)
    happen(3, Event.DELETE_APP_CONNECTION, about=gone)
    assert reading.ended(ORGANIZATION, [gone.id, there.id]) == {gone.id}
    assert reading.ended(ELSEWHERE, [gone.id]) == set()
