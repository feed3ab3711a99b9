"""A wrong method is refused, and HEAD and OPTIONS are answered wherever GET is."""

import pytest

from tests.clients import Api
from tests.wire.requests import GITLAB, UNKNOWN_ID, assert_refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "FOO", "CONNECT", "PUT", "DELETE", "G\x00T"])
def test_an_unknown_method_is_not_allowed(api: Api, method: str) -> None:
    envelope = assert_refused(api.request(method, "/api/v1/app-connections"), 405)
    assert envelope["error"] == "MethodNotAllowed"


def test_the_answer_to_a_wrong_method_names_the_right_ones(api: Api) -> None:
    answer = api.request("PUT", GITLAB)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", ["/api/v1/projects", "/api/status", "/healthcheck"])
def test_head_is_get_without_a_body(admin: Api, path: str) -> None:
    answer = admin.request("HEAD", path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json"


def test_head_of_what_is_not_there(admin: Api) -> None:
    answer = admin.request("HEAD", f"/api/v1/workspace/{UNKNOWN_ID}")
    assert (answer.status_code, answer.content) == (404, b"")


def test_options_says_which_methods_there_are(admin: Api) -> None:
    answer = admin.request("OPTIONS", GITLAB)
    assert answer.status_code == 200
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/api/docs", "/api/schema"])
def test_the_documents_can_only_be_read(api: Api, path: str) -> None:
    for method in ("POST", "PUT", "TRACE", "DELETE"):
        assert_refused(api.request(method, path, {}), 405)
