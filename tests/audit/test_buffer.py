"""Events of reading wait in the process, and every one of them arrives: bounded, together, in good time."""

import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError, transaction
from pytest_django import Settings

from audit import log
from audit.events import Event
from audit.log import Buffer
from audit.models import AppendOnly, AuditEvent
from tests.audit.events import ACTOR, ORGANIZATION, event, stored_numbers
from tests.clients import Api
from tests.concurrency import at_once
from tests.server import wait_until


@pytest.fixture
def buffer() -> Iterator[Buffer]:
    """A buffer of the test's own, whose thread ends with it."""
    own = Buffer()
    yield own
    own.stop()


class Database:
    """The way into the audit table, which a test can close. It also counts the attempts and the rows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_away = False
        self.batches: list[int] = []
        store = AppendOnly.bulk_create

        def bulk_create(objects: AppendOnly, batch: list[AuditEvent]) -> list[AuditEvent]:
            self.batches.append(len(batch))
            if self.is_away:
                raise OperationalError("the database is away")
            return store(objects, batch)

        monkeypatch.setattr(AppendOnly, "bulk_create", bulk_create)


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    return Database(monkeypatch)


@pytest.mark.django_db
def test_a_reading_event_waits(admin: Api) -> None:
    admin.get("/api/v1/app-connections")
    assert not AuditEvent.objects.exists()
    log.buffer.flush()
    assert AuditEvent.objects.get().type == "get-app-connections"


@pytest.mark.django_db
def test_a_noted_event_says_the_same_as_a_recorded_one() -> None:
    for write in (log.note, log.record):
        write(Event.GET_APP_CONNECTION, actor=ACTOR, organization_id=ORGANIZATION, connectionId="a")
        log.buffer.flush()
    noted, recorded = (
        {k: v for k, v in row.items() if k not in {"id", "created_at"}} for row in AuditEvent.objects.values()
    )
    assert noted == recorded


@pytest.mark.django_db
def test_the_time_of_an_event_is_when_it_happened_not_when_it_was_written(buffer: Buffer) -> None:
    happened = event()
    buffer.add(happened)
    buffer.flush()
    assert AuditEvent.objects.get().created_at == happened.created_at


@pytest.mark.django_db
def test_flushing_writes_everything_in_one_go(buffer: Buffer, database: Database) -> None:
    for number in range(30):
        buffer.add(event(number))
    buffer.flush()
    buffer.flush()
    assert stored_numbers() == list(range(30))
    assert database.batches == [30], "and an empty buffer asks the database for nothing"


@pytest.mark.django_db
def test_who_fills_the_buffer_writes_it(buffer: Buffer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_WAITING", 10)
    for number in range(25):
        buffer.add(event(number))
    assert stored_numbers() == list(range(20))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("several_connections")
def test_within_a_second_the_thread_writes(buffer: Buffer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FLUSH_SECONDS", 0.02)
    buffer.add(event(1))
    wait_until(lambda: stored_numbers() == [1])
    buffer.add(event(2))
    wait_until(lambda: stored_numbers() == [1, 2])


@pytest.mark.django_db
def test_while_the_database_is_away_nothing_is_lost(buffer: Buffer, database: Database) -> None:
    database.is_away = True
    for number in range(5):
        buffer.add(event(number))
        buffer.flush()
    assert stored_numbers() == []
    database.is_away = False
    buffer.flush()
    assert stored_numbers() == list(range(5))


@pytest.mark.django_db
def test_without_room_the_newest_are_named_in_the_log(
    buffer: Buffer, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(log, "MOST_WAITING", 10)
    database.is_away = True
    for number in range(13):
        buffer.add(event(number))
    database.is_away = False
    buffer.flush()
    assert stored_numbers() == list(range(10))
    lost = [record.msg for record in caplog.records if "was lost" in str(record.msg)]
    assert [line["metadata"]["number"] for line in lost if isinstance(line, dict)] == [10, 11, 12]


@pytest.mark.django_db
def test_while_the_database_is_away_callers_do_not_wait_for_it(
    buffer: Buffer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MOST_WAITING", 10)
    database.is_away = True
    for number in range(200):
        buffer.add(event(number))
    assert len(database.batches) == 1, "the one who filled it; from then on only the thread tries"
    database.is_away = False
    buffer.flush()
    for number in range(200, 210):
        buffer.add(event(number))
    assert stored_numbers() == [*range(10), *range(200, 210)], "afterwards callers write again"


@pytest.mark.django_db(transaction=True)
def test_an_event_that_can_never_be_written_does_not_hold_up_the_others(
    buffer: Buffer, caplog: pytest.LogCaptureFixture
) -> None:
    twin = event(1)
    twin.save()
    poisoned = event(2)
    poisoned.pk = twin.pk
    unreadable = event(3)
    unreadable.metadata = {"what": object()}
    for waiting in (event(4), poisoned, unreadable, event(5)):
        buffer.add(waiting)
    buffer.flush()
    assert stored_numbers() == [1, 4, 5]
    assert len([record for record in caplog.records if "was refused" in str(record.msg)]) == 2
    buffer.add(event(6))
    buffer.flush()
    assert stored_numbers() == [1, 4, 5, 6]


@pytest.mark.django_db(transaction=True)
def test_a_reader_whose_transaction_is_broken_loses_no_event(
    buffer: Buffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        buffer.add(event(1))
        buffer.flush()
    buffer.flush()
    assert stored_numbers() == [1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("several_connections")
def test_of_many_threads_every_event_arrives_once(
    buffer: Buffer, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(log, "MOST_WAITING", 20)
    monkeypatch.setattr(log, "FLUSH_SECONDS", 0.01)

    def add(thread: int) -> None:
        for number in range(50):
            buffer.add(event(thread * 50 + number))

    at_once([lambda thread=thread: add(thread) for thread in range(8)])  # type: ignore[misc]
    buffer.stop()
    assert stored_numbers() == list(range(400))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("several_connections")
def test_stopping_waits_for_what_the_thread_is_about_to_write(
    buffer: Buffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, may_write = threading.Event(), threading.Event()

    def slowly(batch: list[AuditEvent]) -> None:
        if batch:
            writing.set()
            may_write.wait(30)

    monkeypatch.setattr(log, "_store", slowly)
    buffer.add(event(1))
    writer = threading.Thread(target=buffer.flush)
    writer.start()
    assert writing.wait(30)
    stopping = threading.Thread(target=buffer.stop)
    stopping.start()
    stopping.join(0.2)
    assert stopping.is_alive(), "the writer holds a batch, so the process must not end yet"
    may_write.set()
    stopping.join(30)
    writer.join(30)
    assert not stopping.is_alive()
