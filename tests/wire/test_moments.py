"""A moment is read in the spellings of RFC 3339 and kept in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.fields import faults, read
from wire.fields import Moment

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FROM, TO = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001  # hypothesis wants them without a zone


@given(st.datetimes(FROM, TO, timezones=OFFSETS))
def test_a_moment_is_the_same_moment_in_utc(moment: datetime) -> None:
    kept = read(Moment(), moment.isoformat())
    assert kept == moment
    assert kept.utcoffset() == timedelta()


@pytest.mark.parametrize("text", ["2026-08-01T10:00:00Z", "2026-08-01T12:00:00+02:00", "2026-08-01T10:00:00.000Z"])
def test_the_spellings_of_rfc_3339(text: str) -> None:
    assert read(Moment(), text) == datetime(2026, 8, 1, 10, tzinfo=UTC)


def test_a_moment_without_an_offset_is_utc() -> None:
    assert read(Moment(), "2026-08-01T10:00:00") == datetime(2026, 8, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "1785578400",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-08-01T10:00:00+99:99",
        "2026-08-01T10:00:00Zjunk",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    assert faults(Moment(), text) == [("invalid_string", ["field"], "Invalid date")]


def test_a_moment_is_not_measured_as_a_text() -> None:
    assert read(Moment(max_length=64), "2026-08-01T10:00:00Z") == datetime(2026, 8, 1, 10, tzinfo=UTC)
