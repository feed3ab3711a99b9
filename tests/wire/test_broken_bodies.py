"""A body that is no JSON, or no object, is refused in the contract's envelope."""

import pytest

from tests.clients import Api, identity_with
from tests.wire.requests import GITLAB, PROJECTS, UNKNOWN_ID, WITH_BODIES, assert_refused, send

pytestmark = pytest.mark.django_db
BROKEN_JSON = {
    "cut off": b'{"projectName": "a',
    "a comma too many": b'{"projectName": "a",}',
    "single quotes": b"{'projectName': 'a'}",
    "a comment": b'{"projectName": "a"} // a',
    "two documents": b"{}{}",
    "not UTF-8": b'{"projectName": "\xff\xfe"}',
    "half a character": b'{"projectName": "\xc3',
    "an encoded surrogate": b'{"projectName": "\xed\xa0\x80"}',
    "UTF-16": '{"projectName": "a"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"projectName": "a"}',
    "NaN": b'{"projectName": NaN}',
    "Infinity": b'{"projectName": Infinity}',
    "minus Infinity": b'{"projectName": -Infinity}',
    "a control character": b'{"projectName": "a\x00b"}',
    "a number of 5,000 digits": b'{"projectName": ' + b"9" * 5_000 + b"}",
    "10,000 open arrays": b"[" * 10_000,
    "10,000 nested arrays": b"[" * 10_000 + b"]" * 10_000,
    "10,000 nested objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "XML": b"<project/>",
    "a form": b"projectName=a",
    "nothing but NUL": b"\x00",
}


@pytest.mark.parametrize("body", BROKEN_JSON.values(), ids=BROKEN_JSON)
def test_what_is_not_json_is_refused(api: Api, body: bytes) -> None:
    for method, path in WITH_BODIES:
        envelope = assert_refused(send(api, method, path, body), 400)
        assert (envelope["error"], envelope["message"]) == ("BadRequest", "The request body is not valid JSON")


NOT_OBJECTS = {
    "array": b'[{"projectName": "a"}]',
    "string": b'"projectName"',
    "number": b"7",
    "boolean": b"true",
    "null": b"null",
}


@pytest.mark.parametrize("received", NOT_OBJECTS)
def test_a_body_that_is_no_object_is_called_by_its_name(api: Api, received: str) -> None:
    message = f"Expected object, received {received}"
    for method, path in WITH_BODIES:
        envelope = assert_refused(send(api, method, path, NOT_OBJECTS[received]), 422)
        assert envelope["error"] == "ValidationFailure"
        if path != GITLAB:  # there the first thing looked for is `method`
            assert envelope["message"] == [{"code": "invalid_type", "path": [], "message": message}]


@pytest.mark.parametrize("body", NOT_OBJECTS.values(), ids=NOT_OBJECTS)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_connection_that_is_no_object_is_refused(api: Api, method: str, body: bytes) -> None:
    path = GITLAB if method == "POST" else f"{GITLAB}/{UNKNOWN_ID}"
    assert_refused(send(api, method, path, body), 422)


def test_a_member_of_nothing_sees_the_same_refusals(db: None) -> None:
    outsider = identity_with(role="no-access")
    assert_refused(send(outsider, "POST", PROJECTS, b"{"), 400)
    assert_refused(outsider.get("/api/v1/nowhere"), 404)
