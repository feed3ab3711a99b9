"""A body is read as JSON if it is called JSON, and refused under any other content type."""

import pytest

from tests.clients import Api
from tests.wire.requests import PROJECTS, WITH_BODIES, assert_refused, send

pytestmark = pytest.mark.django_db
CONTENT_TYPES = [
    "text/plain",
    "text/html",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/xml",
    "application/json5",
    "application/problem+json",
    "json",
    "*/*",
    "",
    ";",
    "application/json\x00",
]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_only_json_is_read(api: Api, content_type: str) -> None:
    for method, path in WITH_BODIES:
        envelope = assert_refused(send(api, method, path, b'{"a": 1}', content_type=content_type), 415)
        assert envelope["error"] == "UnsupportedMediaType"
        assert envelope["message"] == "The content type must be application/json"


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "application/json ;"]
)
def test_json_is_recognized_however_it_is_spelled(admin: Api, content_type: str) -> None:
    answer = send(admin, "POST", PROJECTS, b'{"projectName": "P", "slug": "platform"}', content_type=content_type)
    assert answer.status_code == 200
