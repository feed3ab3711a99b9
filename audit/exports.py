"""Events as lines for other programs: NDJSON (one JSON object a line) and CSV (RFC 4180)."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from audit.models import AuditEvent

JSON_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
COLUMNS = (
    "id",
    "createdAt",
    "event",
    "actorType",
    "actorId",
    "actorName",
    "subjectId",
    "subjectName",
    "projectId",
    "ipAddress",
    "userAgent",
    "requestId",
    "metadata",
)
# What a spreadsheet takes for a formula, or for the beginning of one: also after spaces, and in full width.
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its media type, its first line, and how some events become bytes."""

    name: str
    label: str
    media_type: str
    head: bytes
    lines: Callable[[Iterable[AuditEvent]], bytes]


def ndjson(events: Iterable[AuditEvent]) -> bytes:
    """Return one JSON object a line, each with every field."""
    return b"".join(orjson.dumps(fields(event), option=JSON_OPTIONS) for event in events)


def csv_lines(events: Iterable[AuditEvent]) -> bytes:
    """Return a record for each event. No cell is a formula to a spreadsheet: an apostrophe stands before those."""
    return _records([harmless(_text(value)) for value in fields(event).values()] for event in events)


def fields(event: AuditEvent) -> dict[str, Any]:
    """Return all that an export tells of an event, by its name."""
    values = (
        event.id,
        event.created_at,
        event.type,
        event.actor_type,
        event.actor_id,
        event.actor_name,
        event.subject_id,
        event.subject_name,
        event.project_id,
        event.ip,
        event.user_agent,
        event.request_id,
        event.metadata,
    )
    return dict(zip(COLUMNS, values, strict=True))


def harmless(cell: str) -> str:
    """Return the cell such that a spreadsheet shows it and runs nothing (OWASP, CSV injection)."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    encoded = orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()
    return encoded if isinstance(value, Mapping) else encoded.strip('"')


def _records(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


FORMATS = {
    "ndjson": Format("ndjson", "NDJSON", "application/x-ndjson", b"", ndjson),
    "csv": Format("csv", "CSV", "text/csv; charset=utf-8; header=present", _records([COLUMNS]), csv_lines),
}
