"""Between two checks time goes on: an access token that has ended is not shown as healthy."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connections.models import AppConnection
from connections.states import EXPIRES_SOON, REPLACE, Status, status_at
from tests.connections.tokens.stored import Stored

pytestmark = pytest.mark.django_db

CASES = [
    ("healthy", None, "healthy"),
    ("healthy", timedelta(days=15), "healthy"),
    ("healthy", timedelta(days=13), "expiring"),
    ("healthy", timedelta(seconds=-1), "reconnect_required"),
    ("expiring", timedelta(days=15), "healthy"),
    ("expiring", timedelta(days=13), "expiring"),
    ("expiring", timedelta(seconds=-1), "reconnect_required"),
    ("unchecked", None, "unchecked"),
    ("unchecked", timedelta(days=13), "expiring"),
    ("unchecked", timedelta(seconds=-1), "reconnect_required"),
    ("failing", timedelta(days=13), "failing"),
    ("failing", timedelta(seconds=-1), "reconnect_required"),
    ("reconnect_required", None, "reconnect_required"),
    ("reconnect_required", timedelta(days=13), "reconnect_required"),
]


@pytest.mark.parametrize(("stored", "left", "shown"), CASES)
def test_what_is_shown_follows_from_what_was_found_and_the_time(
    connection: Stored, stored: str, left: timedelta | None, shown: str
) -> None:
    now = timezone.now()
    connection.change(status=stored, expires_at=now + left if left else None)
    assert connection.row.state.status == shown
    assert AppConnection.objects.annotate(now_is=status_at(now)).get().now_is == shown, "in the database as well"


def test_an_end_is_named_with_its_day_and_cure(connection: Stored) -> None:
    end = timezone.now() - timedelta(days=2)
    connection.change(status=Status.HEALTHY, expires_at=end)
    state = connection.row.state
    assert (state.words, state.cure) == ("Expired", REPLACE)
    assert f"{end:%Y-%m-%d}" in state.cause
    connection.change(expires_at=timezone.now() + EXPIRES_SOON)
    assert connection.row.state.words == "Expires soon"


def test_an_oauth_token_that_renews_itself_never_expires(connection: Stored) -> None:
    connection.ends_in(-1)
    assert connection.row.state.status == Status.HEALTHY
