"""Requests of one client address are counted for each minute, exactly, and refused beyond the limit."""

import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from pytest_django import Settings

from tests.clients import SET_UP, Api, anonymous, identity_with
from tests.concurrency import at_once
from wire import limits
from wire.limits import Limit, count
from wire.models import RateWindow

pytestmark = pytest.mark.django_db
LOGIN = "/api/v1/auth/universal-auth/login"
NOBODY = {"clientId": "nobody", "clientSecret": "nothing"}
MINUTE = 1_800_000_000  # a Unix time at which a window begins


class Clock:
    """A clock that a test moves; it stands in for the `time` module."""

    def __init__(self) -> None:
        self.now = float(MINUTE)

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(limits, "time", moved)
    return moved


@pytest.fixture
def limited(settings: Settings) -> None:
    """Three logins and two writes a minute."""
    settings.RATE_LIMITS = {"login": 3, "write": 2}


def test_codes_are_counted_by_the_hour_and_the_rest_by_the_minute() -> None:
    assert {limit: limit.window for limit in Limit} == {
        Limit.LOGIN: 60,
        Limit.PASSWORD_RESET: 3600,
        Limit.SECOND_FACTOR: 3600,
        Limit.SIGN_IN: 60,
        Limit.WRITE: 60,
    }


def printed_limits(**environment: str) -> str:
    """Return the setting as a process with nothing but these variables has it."""
    needed = {"ENV_FILE": "", "SECRET_KEY": "x" * 50, "ENCRYPTION_KEY": project_settings.ENCRYPTION_KEY}
    command = "from config import settings; print(settings.RATE_LIMITS)"
    run = subprocess.run(
        [sys.executable, "-c", command],
        env={"PATH": os.environ["PATH"], **needed, **environment},
        cwd=Path(project_settings.BASE_DIR),
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def test_unless_the_operator_says_otherwise_logins_are_limited_and_writes_are_not() -> None:
    assert printed_limits() == "{'login': 60, 'password-reset': 5, 'second-factor': 20, 'sign-in': 10, 'write': 0}"


def test_the_operator_sets_every_limit() -> None:
    limits = {"LOGIN": "7", "PASSWORD_RESET": "6", "SECOND_FACTOR": "9", "SIGN_IN": "8", "WRITE": "90"}
    given = {f"RATE_LIMIT_{name}": value for name, value in limits.items()}
    expected = {"login": 7, "password-reset": 6, "second-factor": 9, "sign-in": 8, "write": 90}
    assert printed_limits(**given) == str(expected)


def test_the_limit_is_reached_and_then_refused_with_the_contracts_body(limited: None, clock: Clock) -> None:
    clock.now = MINUTE + 43
    api = anonymous()
    assert [api.post(LOGIN, NOBODY).status_code for _ in range(3)] == [401, 401, 401]
    refused = api.post(LOGIN, NOBODY)
    assert refused.status_code == 429
    assert refused.json() == {
        "reqId": refused.headers["X-Request-Id"],
        "statusCode": 429,
        "message": "Rate limit exceeded. Please try again in 17 seconds",
        "error": "RateLimitExceeded",
    }
    assert refused.headers["Retry-After"] == "17"
    assert refused.headers["Content-Type"] == "application/json"


def test_every_counted_answer_says_how_much_is_left(limited: None, clock: Clock) -> None:
    clock.now = MINUTE + 10
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    answers = [anonymous().post(LOGIN, NOBODY) for _ in range(5)]
    shown = [tuple(answer.headers[name] for name in names) for answer in answers]
    assert shown == [("3", left, "50") for left in ("2", "1", "0", "0", "0")]


def test_the_count_begins_anew_with_the_next_minute(limited: None, clock: Clock) -> None:
    clock.now = MINUTE + 59.9
    for _ in range(4):
        last = anonymous().post(LOGIN, NOBODY)
    assert (last.status_code, last.headers["Retry-After"]) == (429, "1")
    clock.now = MINUTE + 60
    first = anonymous().post(LOGIN, NOBODY)
    assert (first.status_code, first.headers["X-RateLimit-Remaining"]) == (401, "2")
    assert first.headers["X-RateLimit-Reset"] == "60"


def test_who_waits_as_long_as_told_is_let_in(limited: None, clock: Clock) -> None:
    clock.now = MINUTE + 31.5
    for _ in range(4):
        refused = anonymous().post(LOGIN, NOBODY)
    clock.now += int(refused.headers["Retry-After"])
    assert anonymous().post(LOGIN, NOBODY).status_code == 401


def test_two_addresses_do_not_share_a_count(limited: None, clock: Clock) -> None:
    here, there = anonymous(address="203.0.113.7"), anonymous(address="203.0.113.8")
    for _ in range(4):
        here.post(LOGIN, NOBODY)
    assert here.post(LOGIN, NOBODY).status_code == 429
    assert there.post(LOGIN, NOBODY).headers["X-RateLimit-Remaining"] == "2"


def test_one_address_spelled_in_two_ways_is_one_address(limited: None, clock: Clock) -> None:
    for address in ("203.0.113.7", "::ffff:203.0.113.7", "::FFFF:cb00:7107"):
        last = anonymous(address=address).post(LOGIN, NOBODY)
    assert last.headers["X-RateLimit-Remaining"] == "0"


def test_logins_and_writes_are_counted_apart(limited: None, clock: Clock) -> None:
    admin = identity_with()
    for _ in range(4):
        anonymous().post(LOGIN, NOBODY)
    written = admin.post("/api/v2/workspace", {"projectName": "Platform", "slug": "platform"})
    assert (written.status_code, written.headers["X-RateLimit-Remaining"]) == (200, "1")


def test_a_refused_write_changes_nothing(limited: None, clock: Clock) -> None:
    admin = identity_with()
    for slug in ("first-one", "second-one", "third-one"):
        last = admin.post("/api/v2/workspace", {"projectName": slug, "slug": slug})
    assert last.status_code == 429
    slugs = [project["slug"] for project in admin.get("/api/v1/projects").json()["projects"]]
    assert slugs == ["first-one", "second-one"]


def test_reading_is_not_counted(limited: None, clock: Clock) -> None:
    admin = identity_with()
    answers = [admin.get("/api/v1/projects") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert not any("X-RateLimit-Limit" in answer.headers for answer in answers)
    assert not RateWindow.objects.exists()


def test_without_a_limit_nothing_is_counted_or_said(settings: Settings) -> None:
    settings.RATE_LIMITS = {"login": 0, "write": 0}
    answer = anonymous().post(LOGIN, NOBODY)
    assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]
    assert not RateWindow.objects.exists()


def test_a_body_that_cannot_be_read_counts_too(limited: None, clock: Clock) -> None:
    for _ in range(4):
        last = anonymous().post(LOGIN, [])
    assert last.status_code == 429


def test_the_status_page_is_never_limited(limited: None, clock: Clock) -> None:
    assert {anonymous().get("/api/status").status_code for _ in range(10)} == {200}


def test_bootstrap_counts_as_a_write(limited: None, clock: Clock) -> None:
    answers = [anonymous().post("/api/v1/admin/bootstrap", SET_UP).status_code for _ in range(3)]
    assert answers == [200, 400, 429]


def test_old_counts_are_thrown_away(settings: Settings, clock: Clock) -> None:
    settings.RATE_LIMITS = {"login": 3, "write": 0}
    for number in range(50):
        count(Limit.LOGIN, f"198.51.100.{number}")
    clock.now += 30 * 60
    count(Limit.LOGIN, "203.0.113.1")
    assert RateWindow.objects.count() == 51, "half an hour is not old"
    clock.now += 40 * 60
    count(Limit.LOGIN, "203.0.113.2")
    assert sorted(RateWindow.objects.values_list("key", flat=True)) == ["login:203.0.113.1", "login:203.0.113.2"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("several_connections")
def test_counting_is_exact_when_everybody_comes_at_once(settings: Settings, clock: Clock) -> None:
    settings.RATE_LIMITS = {"login": 5, "write": 0}
    each, callers = 5, 12

    def call() -> list[int]:
        api = Api(address="203.0.113.9")
        return [api.post(LOGIN, []).status_code for _ in range(each)]

    statuses = chain.from_iterable(at_once([call] * callers))
    assert sorted(statuses) == [422] * 5 + [429] * (each * callers - 5)
    assert RateWindow.objects.get().count == each * callers
