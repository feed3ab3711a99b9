"""Moments as people count them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from wire.templatetags.pages import in_words, moment


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=30), "in a moment"),
        (timedelta(minutes=-1), "a minute ago"),
        (timedelta(minutes=59, seconds=59), "in 59 minutes"),
        (timedelta(hours=1), "in an hour"),
        (timedelta(hours=-23), "23 hours ago"),
        (timedelta(days=1, hours=23), "in a day"),
        (timedelta(days=6), "in 6 days"),
        (timedelta(days=-29), "29 days ago"),
        (timedelta(days=31), "in a month"),
        (timedelta(days=364), "in 12 months"),
        (timedelta(days=-800), "2 years ago"),
    ],
)
def test_the_largest_unit_says_it(span: timedelta, words: str) -> None:
    assert in_words(span) == words


def test_the_exact_time_is_there_for_machines_and_for_who_asks() -> None:
    shown = str(moment(datetime(2020, 2, 29, 23, 59, 1, tzinfo=UTC)))
    assert 'datetime="2020-02-29T23:59:01+00:00"' in shown
    assert 'data-exact="2020-02-29 23:59:01 UTC"' in shown
    assert 'tabindex="0"' in shown


def test_a_moment_that_never_is_has_words_too() -> None:
    assert moment(None) == "never"
    assert moment(None, "does not expire") == "does not expire"
    assert "just now" in str(moment(timezone.now()))
