"""A strange header lets nobody in and changes nothing, and neither a foreign host nor a cookie is heeded."""

import pytest
from django.test import Client

from tests.clients import SET_UP, Api, anonymous
from tests.wire.requests import BOOTSTRAP, PROJECTS, assert_refused

pytestmark = pytest.mark.django_db
HEADERS = {
    "Authorization": [
        "Bearer",
        "Bearer ",
        "Bearer \x00",
        "Bearer \xff",
        "Bearer a b c",
        "Bearer " + "a" * 60_000,
        "Bearer ..",
        "Bearer a.b.c",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Basic YTpi",
        "Digest \x00",
        "\x00",
        "bearer  ",
        "Bearer null",
    ]
}


@pytest.mark.parametrize("value", HEADERS["Authorization"], ids=lambda value: ascii(value)[:30])
def test_a_strange_authorization_lets_nobody_in(value: str) -> None:
    answer = anonymous().request("GET", "/api/v1/projects", headers={"Authorization": value})
    assert_refused(answer, 401, 403)


@pytest.mark.parametrize(
    "name", ["User-Agent", "Accept", "X-Forwarded-For", "Cookie", "Accept-Language", "Referer"]
)
@pytest.mark.parametrize(
    "value",
    ["\x00", "\xff", "a\x00b" * 2_000, "\ud800", ",;=", "€", "a" * 60_000],
    ids=lambda value: ascii(value)[:20],
)
def test_a_strange_header_changes_nothing(admin: Api, name: str, value: str) -> None:
    bearer = {"Authorization": f"Bearer {admin.token}"}
    body = {"projectName": "Platform", "slug": "platform"}
    answer = admin.request("POST", PROJECTS, body, headers={**bearer, name: value})
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "host",
    ["evil.example.com", "127.0.0.1.evil.example.com", "", "a b", "127.0.0.1:80:80", "\x00", "[::1", "ä.example"],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/api/status"), ("POST", BOOTSTRAP), ("GET", "/api/nowhere")])
def test_a_host_that_is_not_ours_is_refused(api: Api, method: str, path: str, host: str) -> None:
    answer = anonymous().request(method, path, SET_UP, headers={"Host": host})
    if host == "" and answer.status_code == 404:
        return
    envelope = assert_refused(answer, 400)
    assert "ALLOWED_HOSTS" in envelope["message"]


def test_no_answer_sets_a_cookie_and_none_that_comes_is_looked_at(admin: Api) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    client.cookies["csrftoken"] = "b" * 32
    for path in ("/api/v1/projects", "/api/status", "/api/nowhere", "/api/docs", "/api/schema"):
        answer = client.get(path, headers={"Authorization": f"Bearer {admin.token}"})
        assert answer.status_code in {200, 404}
        assert not answer.cookies
