"""A rate limit says which one it is, and when to ask again."""

import time
from datetime import UTC, datetime

import pytest

from connections.providers.errors import RateLimited, Refused
from tests.providers.github.scripted import failure, says

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
ABUSE = "You have triggered an abuse detection mechanism."
PRIMARY = "API rate limit exceeded for user ID 1."


def limited(said: str, *headers: str, status: str = "403 Forbidden") -> RateLimited:
    error = failure(says({"message": said}, *headers, status=status))
    assert isinstance(error, RateLimited)
    assert error.retryable
    assert error.status == int(status[:3])
    return error


@pytest.mark.parametrize("status", ["403 Forbidden", "429 Too Many Requests"])
def test_the_primary_limit_is_lifted_when_it_says(status: str) -> None:
    reset = int(time.time()) + 600
    error = limited(PRIMARY, "x-ratelimit-remaining: 0", f"x-ratelimit-reset: {reset}", status=status)
    assert error.limit == "primary"
    assert error.retry_after is not None
    assert 590 < error.retry_after <= 600
    lifted = {f"{datetime.fromtimestamp(reset + late, UTC):%Y-%m-%d %H:%M:%S}" for late in (0, 1)}
    begin = "API asks to wait: its primary rate limit is reached. Try again after "
    assert error.message in {f"{begin}{moment} UTC." for moment in lifted}


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("0", 1),
        ("1", 1),
        ("99999999999", 3600),
        ("9" * 30, 3600),
        ("", 60),
        ("soon", 60),
        ("-5", 60),
        ("1e9", 60),
        ("NaN", 60),
    ],
)
def test_the_end_of_the_primary_limit_is_read_with_care(reset: str, seconds: float) -> None:
    error = limited(PRIMARY, "x-ratelimit-remaining: 0", f"x-ratelimit-reset: {reset}")
    assert (error.limit, error.retry_after) == ("primary", seconds)


def test_a_429_without_more_is_the_primary_limit() -> None:
    error = limited("", status="429 Too Many Requests")
    assert (error.limit, error.retry_after) == ("primary", 60)


@pytest.mark.parametrize("status", ["403 Forbidden", "429 Too Many Requests"])
@pytest.mark.parametrize(
    ("said", "headers", "seconds"),
    [
        (SECONDARY, [], 60),
        (SECONDARY.upper(), [], 60),
        (ABUSE, [], 60),
        (SECONDARY, ["Retry-After: 30"], 30),
        (SECONDARY, ["Retry-After: 0"], 1),
        (SECONDARY, ["Retry-After: 99999"], 3600),
        (SECONDARY, ["Retry-After: soon"], 60),
        (SECONDARY, ["x-ratelimit-remaining: 0", "x-ratelimit-reset: 1"], 60),
        ("", ["Retry-After: 30"], 30),
    ],
)
def test_a_secondary_limit(status: str, said: str, headers: list[str], seconds: float) -> None:
    error = limited(said, *headers, status=status)
    assert (error.limit, error.retry_after) == ("secondary", seconds)
    assert error.message.startswith("API asks to wait: its secondary rate limit is reached. Try again after 2")


def test_a_limit_comes_before_single_sign_on() -> None:
    error = limited(PRIMARY, "x-ratelimit-remaining: 0", "X-GitHub-SSO: required; url=https://github.com")
    assert error.limit == "primary"


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "422 No"])
def test_other_refusals_are_no_limit_though_no_call_is_left(status: str) -> None:
    error = failure(says({"message": SECONDARY}, "x-ratelimit-remaining: 0", "Retry-After: 9", status=status))
    assert isinstance(error, Refused)


def test_a_403_with_calls_left_is_a_refusal() -> None:
    error = failure(says({"message": "Must have admin rights"}, "x-ratelimit-remaining: 1", status="403 Forbidden"))
    assert isinstance(error, Refused)


def test_a_success_that_used_the_last_call_is_one() -> None:
    error = failure(says([], "x-ratelimit-remaining: 0", "Retry-After: 9"))
    assert not isinstance(error, RateLimited)
