"""A body of more than a megabyte is refused, whatever its length is said to be."""

from io import BytesIO

import pytest

from tests.clients import Api
from tests.wire.requests import MEGABYTE, PROJECTS, WITH_BODIES, assert_refused, send

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("size", [MEGABYTE + 1, 20 * MEGABYTE])
def test_a_body_beyond_a_megabyte_is_refused(api: Api, size: int) -> None:
    for method, path in WITH_BODIES:
        envelope = assert_refused(send(api, method, path, b" " * size), 413)
        assert envelope["error"] == "PayloadTooLarge"
        assert envelope["message"] == "The request body is larger than 1048576 bytes"


def test_a_body_of_exactly_a_megabyte_is_read(admin: Api) -> None:
    body = b'{"projectName": "P", "slug": "platform"}'
    assert send(admin, "POST", PROJECTS, body.ljust(MEGABYTE)).status_code == 200


@pytest.mark.parametrize("length", ["20000000", "5", "-1", "abc", "1e3", " ", "9" * 5_000])
def test_a_content_length_that_lies_is_no_way_around_the_limit(api: Api, length: str) -> None:
    payload = BytesIO(b'{"projectName": ')
    assert_refused(
        send(api, "POST", PROJECTS, b"-", CONTENT_LENGTH=length, **{"wsgi.input": payload}), 400, 413, 422
    )


def test_a_huge_body_without_a_length_is_read_no_further_than_allowed(api: Api) -> None:
    payload = BytesIO(b" " * 20 * MEGABYTE)
    send(api, "POST", PROJECTS, b"-", CONTENT_LENGTH="", **{"wsgi.input": payload})
    assert payload.tell() <= MEGABYTE + 1
