"""A body that is not the JSON we expect is an error that says what it was instead."""

import pytest

from connections.providers.answer import Answer
from connections.providers.errors import NotJson


def answer(body: bytes, *, status: int = 200, content_type: str = "application/json") -> Answer:
    return Answer("https://gitlab.corp/api", status, {"Content-Type": content_type}, body)


def complaint(got: Answer) -> NotJson:
    with pytest.raises(NotJson) as caught:
        got.json_object()
    return caught.value


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"Sign in", "text/html; charset=utf-8"),
        (b"\n <!DOCTYPE html><html>", "application/json"),
        (b"{}", "text/HTML"),
    ],
)
def test_an_html_page(body: bytes, content_type: str) -> None:
    assert complaint(answer(body, content_type=content_type)).message == (
        "https://gitlab.corp/api answered with an HTML page instead of JSON (status 200). "
        "A proxy or a sign-in page may stand in front of it."
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"secret",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"\xff\xfe\xfd",
        b'{"a": "\\ud800"}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 200_000,
        b'{"a":' * 200_000,
    ],
)
def test_broken_json(body: bytes) -> None:
    error = complaint(answer(body))
    assert error.message == (
        "https://gitlab.corp/api answered with text that is not valid JSON (status 200). "
        "Check that the URL is that of the instance itself."
    )
    assert error.__context__ is None


@pytest.mark.parametrize("body", [b"[]", b"1", b'"secret"', b"null"])
def test_another_type_than_expected(body: bytes) -> None:
    assert "JSON that is not an object (status 200)" in complaint(answer(body)).message
    with pytest.raises(NotJson, match="JSON that is not a list"):
        answer(b"{}").json_list()


def test_only_a_server_error_is_worth_a_retry() -> None:
    assert complaint(answer(b"<html>", status=502)).retryable
    assert not complaint(answer(b"<html>", status=200)).retryable
