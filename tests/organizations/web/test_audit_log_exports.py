"""The audit log leaves as a file: what the filters show, in bounded memory, few at a time, and on record."""

import json
import tracemalloc
import uuid
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone

from audit import log
from audit.actors import ActorType
from audit.events import Event
from audit.models import AuditEvent
from audit.subjects import Subject
from organizations.web import audit_log
from organizations.web.audit_log import Delivery
from tests.clients import the_organization
from tests.oauth.people import text
from tests.organizations.web.audit import EXPORT, actor, happen, project, reader

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_place_is_given_back() -> Iterator[None]:
    yield
    assert audit_log.EXPORTS._value == 2


def taken(somebody: Client, file_format: str = "ndjson", **query: str) -> bytes:
    response = somebody.get(EXPORT, {"format": file_format, **query})
    assert response.status_code == 200, response.content
    return content(response)


def content(response: "Response | StreamingHttpResponse") -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(parts(response))


def parts(response: Any) -> Generator[bytes, None, None]:
    """Return the parts of a file. Closed or at its end, they end the response as a server does."""
    assert isinstance(response, StreamingHttpResponse)
    content: Generator[bytes, None, None] = response._iterator  # type: ignore[attr-defined]  # the test client's
    return content


def begun(response: Any) -> Generator[bytes, None, None]:
    """Return the parts of a file that somebody has begun to read."""
    reading = parts(response)
    next(reading)
    return reading


def lines(written: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines()]


def test_ndjson_to_the_byte() -> None:
    about = Subject(uuid.UUID(int=3), "gitlab")
    row = happen(Event.CREATE_APP_CONNECTION, about=about, connectionId=str(about.id))
    assert (
        taken(reader())
        == (
            f'{{"id":"{row.id}","createdAt":"2026-11-24T12:00:00Z","event":"create-app-connection",'
            f'"actorType":"user","actorId":"{row.actor_id}","actorName":"ann@example.com",'
            f'"subjectId":"{about.id}","subjectName":"gitlab","projectId":null,"ipAddress":"203.0.113.7",'
            f'"userAgent":"Firefox","requestId":"req-1","metadata":{{"connectionId":"{about.id}"}}}}\n'
        ).encode()
    )


def test_a_file_is_named_after_organization_and_day_and_never_kept() -> None:
    response = reader().get(EXPORT, {"format": "csv"})
    day = f"{timezone.now():%Y-%m-%d}"
    assert (
        response["Content-Disposition"] == f'attachment; filename="audit-log-{the_organization().slug}-{day}.csv"'
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert "no-store" in response["Cache-Control"]
    begun(response).close()
    ndjson = reader().get(EXPORT, {"format": "ndjson"})
    assert ndjson["Content-Type"] == "application/x-ndjson"
    begun(ndjson).close()


def test_csv_has_a_head_and_no_formula() -> None:
    happen(by=actor("=cmd|' /C calc'!A0", ActorType.IDENTITY, agent="@SUM(1)"), about=Subject(uuid.uuid4(), "-1"))
    head, record = taken(reader(), "csv").decode().split("\r\n")[:2]
    assert head.startswith("id,createdAt,event,")
    assert "'=cmd|' /C calc'!A0," in record
    assert ",'@SUM(1)," in record
    assert ",'-1," in record


def test_a_file_holds_what_the_filters_show() -> None:
    happen(by=actor("ann"))
    happen(Event.DELETE_PROJECT, by=actor("bob"))
    ann = reader()
    assert [line["actorName"] for line in lines(taken(ann, actor="ann"))] == ["ann"]
    assert [line["actorName"] for line in lines(taken(ann, event="delete-project"))] == ["bob"]


def test_an_admin_of_a_project_takes_that_project_and_no_other() -> None:
    own, other = project("Own"), project("Other")
    for place in (None, own.id, other.id):
        happen(project_id=place)
    bob = reader(role="member", project_roles={own: ["admin"], other: ["member"]})
    assert [line["projectId"] for line in lines(taken(bob))] == [str(own.id)]
    assert bob.get(EXPORT, {"format": "csv", "project": str(other.id)}).status_code == 422


def test_that_a_file_was_taken_is_an_event_but_not_of_this_file() -> None:
    happen()
    ann = reader()
    assert len(lines(taken(ann, actor="ann", event=""))) == 1
    recorded = AuditEvent.objects.get(type="export-audit-log")
    assert recorded.metadata == {"format": "ndjson", "filters": {"actor": "ann"}, "projectIds": None}
    assert recorded.organization_id == the_organization().id
    assert lines(taken(ann))[0]["event"] == "export-audit-log"


@pytest.mark.parametrize("query", [{}, {"format": "xlsx"}, {"format": ""}], ids=str)
def test_there_is_no_other_format(query: dict[str, str]) -> None:
    assert reader().get(EXPORT, query).status_code == 404
    assert not AuditEvent.objects.exists()


def test_a_filter_that_makes_no_sense_gives_the_page_that_says_so() -> None:
    page = reader().get(EXPORT, {"format": "csv", "since": "x"})
    assert page.status_code == 422
    assert "Give a date and a time." in text(page)
    assert not AuditEvent.objects.exists()


def test_a_file_is_only_got() -> None:
    assert reader().head(EXPORT, {"format": "csv"}).status_code == 405
    assert not AuditEvent.objects.exists()


def test_few_are_made_at_once_and_the_rest_is_told_to_wait() -> None:
    happen()
    ann = reader()
    under_way = [begun(ann.get(EXPORT, {"format": "csv"})) for _ in range(2)]
    refused = ann.get(EXPORT, {"format": "csv"})
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert "Wait until one is through" in text(refused)
    under_way[0].close()
    assert taken(ann)
    under_way[1].close()


def test_a_file_that_nobody_reads_to_its_end_keeps_no_place() -> None:
    happen()
    ann = reader()
    for _ in range(5):
        begun(ann.get(EXPORT, {"format": "ndjson"})).close()


def test_nor_does_one_that_nobody_begins_to_read() -> None:
    given_back: list[bool] = []
    delivery: Delivery | None = Delivery(iter([b"x"]), lambda: given_back.append(True))
    del delivery
    assert given_back == [True]
    delivery = Delivery(iter([b"x"]), lambda: given_back.append(True))
    delivery.close()
    delivery.close()
    assert given_back == [True, True]


def test_a_file_that_cannot_be_recorded_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(log, "record", broken)
    assert reader().get(EXPORT, {"format": "csv"}).status_code == 500


def test_twenty_thousand_events_take_little_memory() -> None:
    count, home = 20_000, the_organization().id

    def one() -> AuditEvent:
        return log.build(Event.CREATE_PROJECT, actor=actor(), organization_id=home, padding="x" * 500)

    for _ in range(4):
        AuditEvent.objects.bulk_create([one() for _ in range(count // 4)])
    response = reader().get(EXPORT, {"format": "csv"})
    tracemalloc.start()
    try:
        size = sum(len(part) for part in parts(response))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > count * 600
    assert peak < 6_000_000, "a few hundred events at a time, not twelve megabytes of them"


def test_what_happens_while_a_file_is_written_does_not_get_into_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.reading.AT_ONCE", 2)
    for number in range(5):
        happen(at=number)
    reading = parts(reader().get(EXPORT, {"format": "ndjson"}))
    first = next(reading) + next(reading)
    log.record(Event.CREATE_PROJECT, actor=actor("late"), organization_id=the_organization().id)
    written = lines(first + b"".join(reading))
    assert [line["actorName"] for line in written] == ["ann@example.com"] * 5
    assert len({line["id"] for line in written}) == 5
