"""One JSON line for each request, with its id; never a token, a query or a body."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest

from config.logs import logging_config
from tests.clients import ADDRESS, SET_UP, Api, anonymous

pytestmark = pytest.mark.django_db
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Everything that is logged, as an operator's collector reads it."""
    stream = StringIO()
    formatter = logging_config(level="DEBUG", style="json")["formatters"]["structured"]
    handler = logging.StreamHandler(stream)
    make = formatter.pop("()")
    handler.setFormatter(make(**formatter))
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_each_request_is_one_line_with_its_id(lines: Lines, admin: Api) -> None:
    answer = admin.get("/api/v1/projects")
    (line,) = lines()
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["event"], line["method"], line["path"], line["status"]) == (
        "request",
        "GET",
        "/api/v1/projects",
        200,
    )
    assert (line["ip"], line["level"], line["logger"]) == (ADDRESS, "info", "request")
    assert isinstance(line["ms"], float)
    assert line["timestamp"].endswith("Z")


def test_two_requests_have_two_ids(lines: Lines) -> None:
    answers = [anonymous().get("/api/status") for _ in range(2)]
    assert [line["request_id"] for line in lines()] == [answer.headers["X-Request-Id"] for answer in answers]
    assert len({line["request_id"] for line in lines()}) == 2


def test_an_id_that_the_client_brings_is_not_taken(lines: Lines) -> None:
    answer = anonymous().request("GET", "/api/status", headers={"X-Request-Id": "req-forged"})
    assert answer.headers["X-Request-Id"] != "req-forged"
    assert "req-forged" not in json.dumps(lines())


def test_what_goes_wrong_is_told_with_the_same_id(
    lines: Lines, admin: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the cause")

    monkeypatch.setattr("organizations.services.list_projects", broken)
    answer = admin.get("/api/v1/projects")
    error, request = lines()
    assert error["level"] == "error"
    assert "RuntimeError: the cause" in error["exception"]
    assert error["request_id"] == request["request_id"] == answer.json()["reqId"]


def test_a_line_break_in_a_path_begins_no_new_line(lines: Lines) -> None:
    anonymous().get("/api/a%0a%7B%22event%22:%22forged%22%7D%0a")
    (line,) = lines()
    assert line["path"].startswith("/api/a\n")


SECRETS = ("s3cret-token", "s3cret-query", "s3cret-body", "s3cret-cookie", "s3cret-key")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/auth/universal-auth/login"),
        ("POST", "/api/v2/workspace"),
        ("POST", "/api/v1/app-connections/gitlab"),
        ("GET", "/api/v1/projects"),
        ("POST", "/api/v1/nowhere"),
        ("TRACE", "/api/v1/projects"),
        ("POST", "/api/v1/auth/token/renew"),
    ],
)
def test_no_header_no_query_and_no_body_is_logged(lines: Lines, method: str, path: str) -> None:
    fields = ("clientId", "clientSecret", "accessToken", "projectName", "name", "method", "slug", "description")
    headers = {"Authorization": "Bearer s3cret-token", "Cookie": "a=s3cret-cookie", "X-Api-Key": "s3cret-key"}
    body: dict[str, Any] = dict.fromkeys(fields, "s3cret-body")
    anonymous().request(method, path, body, query={"code": "s3cret-query"}, headers=headers)
    text = json.dumps(lines())
    assert lines()
    assert not [secret for secret in SECRETS if secret in text]


def test_bootstrap_logs_neither_password_nor_token(lines: Lines) -> None:
    made = anonymous().post("/api/v1/admin/bootstrap", SET_UP).json()
    text = json.dumps(lines())
    assert SET_UP["password"] not in text
    assert made["identity"]["credentials"]["token"] not in text


def test_a_wrong_host_is_one_line_without_a_traceback(lines: Lines) -> None:
    anonymous().request("GET", "/api/status", headers={"Host": "evil.example.com"})
    (line,) = lines()
    assert (line["event"], line["status"]) == ("request", 400)
    assert "exception" not in line
