"""Events leave as other programs can read them, and as spreadsheets cannot run them."""

import csv
import io
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from audit import log
from audit.events import Event
from audit.exports import FORMATS, csv_lines, harmless, ndjson
from audit.models import AuditEvent
from audit.subjects import Subject
from tests.audit.events import ACTOR, ORGANIZATION

HOSTILE = [
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "\uff1d1",
    "=1\n=2",
]


def event(**metadata: Any) -> AuditEvent:
    about = Subject(uuid.UUID(int=3), "gitlab")
    row = log.build(Event.CREATE_APP_CONNECTION, actor=ACTOR, organization_id=ORGANIZATION, about=about, **metadata)
    row.id = uuid.UUID(int=4)
    row.created_at = datetime(2026, 11, 24, 12, 0, 0, 5, tzinfo=UTC)
    return row


def test_ndjson_is_one_object_a_line() -> None:
    assert ndjson([event(name='ü\n"', count=1), event()]) == (
        b'{"id":"00000000-0000-0000-0000-000000000004","createdAt":"2026-11-24T12:00:00.000005Z",'
        b'"event":"create-app-connection","actorType":"identity",'
        b'"actorId":"22222222-2222-4222-8222-222222222222","actorName":"pipeline",'
        b'"subjectId":"00000000-0000-0000-0000-000000000003","subjectName":"gitlab","projectId":null,'
        b'"ipAddress":"203.0.113.7","userAgent":"terraform","requestId":"req-12345678901234",'
        b'"metadata":{"name":"\xc3\xbc\\n\\"","count":1}}\n'
        b'{"id":"00000000-0000-0000-0000-000000000004","createdAt":"2026-11-24T12:00:00.000005Z",'
        b'"event":"create-app-connection","actorType":"identity",'
        b'"actorId":"22222222-2222-4222-8222-222222222222","actorName":"pipeline",'
        b'"subjectId":"00000000-0000-0000-0000-000000000003","subjectName":"gitlab","projectId":null,'
        b'"ipAddress":"203.0.113.7","userAgent":"terraform","requestId":"req-12345678901234","metadata":{}}\n'
    )


def test_csv_is_a_head_and_a_record_each_as_rfc_4180_has_it() -> None:
    written = FORMATS["csv"].head + csv_lines([event(name='a "b", c')])
    assert written == (
        b"id,createdAt,event,actorType,actorId,actorName,subjectId,subjectName,projectId,ipAddress,userAgent,"
        b"requestId,metadata\r\n"
        b"00000000-0000-0000-0000-000000000004,2026-11-24T12:00:00.000005Z,create-app-connection,identity,"
        b"22222222-2222-4222-8222-222222222222,pipeline,00000000-0000-0000-0000-000000000003,gitlab,,"
        b'203.0.113.7,terraform,req-12345678901234,"{""name"":""a \\""b\\"", c""}"\r\n'
    )


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("column", ["actor_name", "user_agent", "subject_name", "ip"])
def test_no_cell_is_a_formula(text: str, column: str) -> None:
    row = event()
    setattr(row, column, text)
    (cells,) = csv.reader(io.StringIO(csv_lines([row]).decode(), newline=""))
    assert f"'{text}" in cells
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r\n")]


@pytest.mark.parametrize("text", ["", "ann@example.com", "a=b", "10.0.0.1", "2026-11-24T12:00:00Z", "{}"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
