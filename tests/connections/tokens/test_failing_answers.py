"""While a token endpoint fails, a valid token is served as it is, and the server is left in peace."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections import tokens
from connections.errors import TokenUnavailable
from connections.refreshing import LONGEST_DELAY
from connections.states import Status
from tests.concurrency import at_once
from tests.connections.tokens.grantors import Grantor
from tests.connections.tokens.stored import FOUR_MINUTES, Stored

pytestmark = pytest.mark.django_db(transaction=True)

FAILURES: list[tuple[str, dict[str, Any], str]] = [
    ("status", {"status": 503}, "answered with status 503"),
    ("status", {"status": 503, "headers": {"Retry-After": "7"}}, "answered with status 503"),
    ("rate-limit", {"retry_after": 30}, "asks to wait"),
    ("other-limit", {}, "asks to wait"),
    ("hang", {}, "did not answer within 0.3 s"),
    ("close", {}, "closed the connection"),
]


@pytest.fixture(autouse=True)
def short_silence(grantor: Grantor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server counts as silent after a moment."""
    monkeypatch.setattr(grantor.product, "REFRESH_SECONDS", 0.3)


@pytest.mark.parametrize(("kind", "options", "cause"), FAILURES)
def test_callers_get_the_valid_token_and_the_retry_is_backed_off(
    connection: Stored, grantor: Grantor, kind: str, options: dict[str, Any], cause: str
) -> None:
    connection.ends_in(FOUR_MINUTES)
    before = connection.token
    grantor.fail(kind, **options)
    found = at_once([lambda: tokens.fresh(connection.id).credentials["accessToken"]] * 10)
    found += [tokens.fresh(connection.id).credentials["accessToken"] for _ in range(3)]
    assert set(found) == {before}
    assert grantor.works(before)
    assert grantor.refreshes() == 1
    row = connection.row
    assert row.refresh_not_before is not None
    assert row.refresh_not_before > timezone.now()
    assert cause in row.cause
    assert row.cure.startswith("Nothing to do")
    assert row.status == Status.HEALTHY, "the token that is served works"


@pytest.mark.parametrize(("kind", "options", "cause"), FAILURES)
def test_when_it_answers_again_the_next_caller_gets_a_new_token(
    connection: Stored, grantor: Grantor, kind: str, options: dict[str, Any], cause: str
) -> None:
    grantor.fail(kind, **options)
    with pytest.raises(TokenUnavailable) as error:
        tokens.fresh(connection.id)
    assert cause in error.value.message
    assert connection.row.status == Status.FAILING
    grantor.sandbox.behave()
    connection.time_passes(60)
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])
    row = connection.row
    assert (row.status, row.cause, row.refresh_failures) == (Status.HEALTHY, "", 0)
    assert (row.refresh_not_before, row.refresh_unanswered_since) == (None, None)


@pytest.mark.parametrize(
    ("grantor", "options"),
    [("gitlab", {}), ("github", {}), ("github", {"status": 429}), ("github", {"secondary": True})],
    indirect=["grantor"],
)
def test_retry_after_counts_also_where_it_is_longer_than_our_own_delays(
    connection: Stored, grantor: Grantor, options: dict[str, Any]
) -> None:
    connection.ends_in(FOUR_MINUTES)
    grantor.fail("rate-limit", retry_after=900, **options)
    tokens.fresh(connection.id)
    row = connection.row
    assert row.refresh_not_before is not None
    assert row.refresh_not_before > timezone.now() + timedelta(seconds=2 * LONGEST_DELAY)
    assert row.status == Status.FAILING, "its token ends before the next attempt"
    connection.time_passes(FOUR_MINUTES + 1)
    with pytest.raises(TokenUnavailable) as error:
        tokens.fresh(connection.id)
    assert error.value.retry_after > LONGEST_DELAY
    assert grantor.refreshes() == 1


def test_a_short_retry_after_does_not_shorten_our_own_delays(connection: Stored, grantor: Grantor) -> None:
    connection.change(refresh_failures=20)
    grantor.sandbox.misbehave("rate-limit", grantor.token_endpoint, retry_after=1)
    with pytest.raises(TokenUnavailable) as error:
        tokens.fresh(connection.id)
    assert error.value.retry_after > 60


def test_a_failure_is_followed_by_longer_and_longer_delays(connection: Stored, grantor: Grantor) -> None:
    grantor.sandbox.misbehave("status", grantor.token_endpoint, status=502)
    waits = []
    for _ in range(8):
        with pytest.raises(TokenUnavailable) as error:
            tokens.fresh(connection.id)
        waits.append(error.value.retry_after)
        connection.time_passes(LONGEST_DELAY + 1)
    assert grantor.refreshes() == 8
    assert waits[0] <= 5
    assert max(waits) <= LONGEST_DELAY
    assert waits[7] > 20 * waits[0]
