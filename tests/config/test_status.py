"""Is the service up? 200 while the database answers, 503 with the usual envelope while it does not."""

from datetime import datetime
from typing import Any, NoReturn

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from pytest_django import Settings

from tests.clients import Api, anonymous

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[OperationalError, InterfaceError])
def no_database(admin: Api, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that refuses every connection."""

    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise request.param("connection to server at 10.1.2.3 failed: password 'hunter2'")

    monkeypatch.setattr(connection, "cursor", refuse)


def test_the_health_check_is_for_load_balancers() -> None:
    answer = anonymous().get("/healthcheck")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_status_says_version_and_time() -> None:
    before = timezone.now()
    answer = anonymous().get("/api/status")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["message"], shown["version"]) == ("Ok", settings.VERSION)
    assert before <= datetime.fromisoformat(shown["date"]) <= timezone.now()


@pytest.mark.parametrize("path", ["/healthcheck", "/api/status"])
def test_without_the_database_the_answer_is_503(no_database: None, path: str) -> None:
    answer = anonymous().get(path)
    assert answer.status_code == 503
    assert answer.json() == {
        "reqId": answer.headers["X-Request-Id"],
        "statusCode": 503,
        "message": "The database does not answer",
        "error": "ServiceUnavailable",
    }
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/healthcheck", "/api/status"])
def test_it_is_up_again_as_soon_as_the_database_is(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", lambda: (_ for _ in ()).throw(OperationalError("gone")))
        assert anonymous().get(path).status_code == 503
    assert anonymous().get(path).status_code == 200


def test_other_calls_without_the_database_say_nothing_of_it(admin: Api, no_database: None) -> None:
    answer = admin.get("/api/v1/projects")
    assert answer.status_code == 500
    assert answer.json()["error"] == "DatabaseError"
    assert b"hunter2" not in answer.content


@pytest.mark.parametrize("path", ["/healthcheck", "/api/status"])
@pytest.mark.parametrize("token", ["", "rubbish", "Bearer"])
def test_a_token_is_neither_needed_nor_looked_at(path: str, token: str) -> None:
    assert Api(token=token).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/healthcheck", "/api/status"])
def test_checking_costs_one_query_and_no_rate_limit(
    settings: Settings, django_assert_num_queries: Any, path: str
) -> None:
    settings.RATE_LIMITS = {"login": 1, "write": 1}
    for _ in range(3):
        with django_assert_num_queries(1):
            answer = anonymous().get(path)
        assert "X-RateLimit-Limit" not in answer.headers


@pytest.mark.parametrize("path", ["/healthcheck", "/api/status"])
def test_they_can_only_be_read(path: str) -> None:
    assert {anonymous().request(method, path).status_code for method in ("POST", "PUT", "DELETE")} == {405}
