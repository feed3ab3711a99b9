"""A body that does not say how long it is (chunked, HTTP/2) is read all the same, and no further than allowed."""

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from wire.bodies import measured

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def environ_of(body: BytesIO, method: str = "POST", **more: Any) -> dict[str, Any]:
    return {"REQUEST_METHOD": method, "wsgi.input": body, "wsgi.input_terminated": True, **more}


def seen(environ: dict[str, Any]) -> "WSGIEnvironment":
    """Return the WSGI variables that reach the application."""
    kept: list[WSGIEnvironment] = []

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        kept.append(environ)
        return []

    measured(application)(environ, lambda *args: lambda data: None)
    return kept[0]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_body_without_a_length_gets_one(method: str) -> None:
    environ = seen(environ_of(BytesIO(b"12345"), method, HTTP_TRANSFER_ENCODING="chunked"))
    assert environ["CONTENT_LENGTH"] == "5"
    assert environ["wsgi.input"].read() == b"12345"


def test_no_body_has_the_length_zero() -> None:
    assert seen(environ_of(BytesIO(b"")))["CONTENT_LENGTH"] == "0"


def test_a_body_that_is_too_large_is_cut_where_it_is_known_to_be() -> None:
    body = BytesIO(b" " * (3 * settings.MAX_BODY_BYTES))
    assert seen(environ_of(body))["CONTENT_LENGTH"] == str(settings.MAX_BODY_BYTES + 1)
    assert body.tell() == settings.MAX_BODY_BYTES + 1


def test_a_body_with_a_length_is_read_that_far() -> None:
    body = BytesIO(b"1234567")
    environ = seen(environ_of(body, CONTENT_LENGTH="5"))
    assert environ["CONTENT_LENGTH"] == "5"
    assert environ["wsgi.input"].read() == b"12345"
    assert body.tell() == 5


def test_a_get_is_not_waited_for() -> None:
    body = BytesIO(b"12345")
    assert "CONTENT_LENGTH" not in seen(environ_of(body, "GET"))
    assert body.tell() == 0


def test_a_stream_that_does_not_end_by_itself_is_not_read() -> None:
    body = BytesIO(b"12345")
    environ = environ_of(body)
    del environ["wsgi.input_terminated"]
    assert "CONTENT_LENGTH" not in seen(environ)
