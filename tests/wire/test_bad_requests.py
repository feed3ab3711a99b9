"""Requests that no honest client sends: each is refused in the contract's envelope, and none breaks anything."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from organizations.models import Project
from tests.clients import ADDRESS, SET_UP, Api, anonymous, identity_with

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
PROJECTS = "/api/v2/workspace"
LOGIN = "/api/v1/auth/universal-auth/login"
BOOTSTRAP = "/api/v1/admin/bootstrap"
GITLAB = "/api/v1/app-connections/gitlab"
RENEW = "/api/v1/auth/token/renew"
WITH_BODIES = [("POST", PROJECTS), ("POST", GITLAB), ("POST", LOGIN), ("POST", BOOTSTRAP), ("POST", RENEW)]
UNKNOWN_ID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
MEGABYTE = 1_048_576


@pytest.fixture
def api(admin: Api) -> Iterator[Api]:
    """An admin, so that nothing below is stopped at the door; nothing may be made by a bad request."""
    yield admin
    assert not Project.objects.exists()


def send(api: Api, method: str, path: str, body: bytes, **more: Any) -> "Response":
    """Send bytes as they are; `more` are WSGI variables."""
    return api.client.generic(
        method,
        path,
        body,
        content_type=more.pop("content_type", "application/json"),
        headers={"Authorization": f"Bearer {api.token}"} if api.token else {},
        REMOTE_ADDR=ADDRESS,
        **more,
    )


def assert_refused(answer: "Response", *statuses: int) -> dict[str, Any]:
    """Check that an answer is the contract's envelope with one of the statuses, and return it."""
    assert answer.status_code in statuses, (answer.status_code, answer.content[:500])
    assert answer.headers["Content-Type"] == "application/json"
    assert not answer.cookies
    assert "Location" not in answer.headers
    envelope: dict[str, Any] = json.loads(answer.content)
    assert set(envelope) - {"details"} == {"reqId", "statusCode", "message", "error"}
    assert envelope["reqId"] == answer.headers["X-Request-Id"]
    assert envelope["statusCode"] == answer.status_code
    return envelope


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


WRONG_VALUES: dict[str, Any] = {
    "null": None,
    "nothing": "",
    "a number": 7,
    "a negative number": -1,
    "a fraction": 0.5,
    "a huge number": 10**300,
    "a boolean": True,
    "an array": [],
    "an object": {},
    "an array of NUL": ["\x00"],
    "NUL": "\x00",
    "a lone surrogate": "\ud800",
    "a surrogate in words": "a\udfffb",
    "a megabyte of text": "a" * 1_000_000,
    "1,000 levels of arrays": None,
}
FIELDS: list[tuple[str, str, dict[str, Any], str]] = [
    ("POST", PROJECTS, {"projectName": "Platform", "slug": "platform"}, name)
    for name in (
        *("projectName", "projectDescription", "slug", "type", "shouldCreateDefaultEnvs"),
        *("hasDeleteProtection", "kmsKeyId", "template"),
    )
]
FIELDS += [("POST", BOOTSTRAP, SET_UP, name) for name in SET_UP]
FIELDS += [("POST", LOGIN, {"clientId": "a", "clientSecret": "b"}, name) for name in ("clientId", "clientSecret")]
FIELDS += [
    ("POST", LOGIN, {"clientId": "a", "clientSecret": "b"}, name)
    for name in ("organizationSlug", "subOrganizationName")
]
FIELDS += [("POST", RENEW, {}, "accessToken"), ("POST", "/api/v1/auth/token/revoke", {}, "accessToken")]
CONNECTION = {
    "name": "platform",
    "method": "access-token",
    "credentials": {"accessToken": "a", "accessTokenType": "personal", "instanceUrl": "http://127.0.0.1:1"},
}
FIELDS += [
    ("POST", GITLAB, CONNECTION, name) for name in ("name", "method", "description", "projectId", "credentials")
]


def with_value(body: dict[str, Any], field: str, name: str) -> bytes:
    """Return the body as JSON with one of `WRONG_VALUES` in one field."""
    if name == "1,000 levels of arrays":
        marked = json.dumps({**body, field: "MARK"})
        return marked.replace('"MARK"', "[" * 900 + "]" * 900).encode()
    return json.dumps({**body, field: WRONG_VALUES[name]}).encode()


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    FIELDS,
    ids=[f"{path.rpartition('/')[2]}-{name}" for _, path, _, name in FIELDS],
)
def test_a_value_of_the_wrong_kind_never_breaks_a_call(
    admin: Api, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    for value in WRONG_VALUES:
        answer = send(admin, method, path, with_value(body, field, value))
        if answer.status_code == 200 and value in {"null", "nothing", "a boolean"}:
            continue
        envelope = assert_refused(answer, 400, 401, 403, 422)
        if answer.status_code == 422:
            assert all(issue["path"][:1] == [field] for issue in envelope["message"]), envelope


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "1e308", "1" + "0" * 4_000, "-0.0", "1.0000000000000001e400"]
)
def test_a_number_beyond_all_bounds_is_refused_or_read_as_it_is(admin: Api, number: str) -> None:
    admin.post(PROJECTS, {"projectName": "Platform", "slug": "platform"})
    body = f'{{"auditLogsRetentionDays": {number}}}'.encode()
    answer = send(admin, "PUT", "/api/v1/workspace/platform/audit-logs-retention", body)
    if number == "-0.0":
        assert answer.json()["workspace"]["auditLogsRetentionDays"] == 0
    else:
        assert_refused(answer, 422)


def test_of_a_key_that_comes_twice_the_last_counts(admin: Api) -> None:
    body = b'{"projectName": "First", "projectName": "Second", "slug": "platform"}'
    assert send(admin, "POST", PROJECTS, body).json()["project"]["name"] == "Second"


def test_unknown_and_dangerous_keys_are_ignored(admin: Api) -> None:
    body = {
        "projectName": "P",
        "slug": "platform",
        "__proto__": {"a": 1},
        "__class__": "x",
        "id": UNKNOWN_ID,
        "": 1,
    }
    made = admin.post(PROJECTS, body).json()["project"]
    assert made["id"] != UNKNOWN_ID


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


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "FOO", "CONNECT", "PUT", "DELETE", "G\x00T"])
def test_an_unknown_method_is_not_allowed(api: Api, method: str) -> None:
    envelope = assert_refused(api.request(method, "/api/v1/app-connections"), 405)
    assert envelope["error"] == "MethodNotAllowed"


def test_the_answer_to_a_wrong_method_names_the_right_ones(api: Api) -> None:
    answer = api.request("PUT", GITLAB)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


PATHS = [
    "/api",
    "/api/",
    "/api//",
    "/api/v1",
    "/api/v3/workspace",
    "/api/v1/app-connections/bitbucket",
    "/api//v1/app-connections",
    "/api/v1//app-connections",
    "/api/v1/app-connections//gitlab",
    "/api/%00",
    "/api/v1/%00/app-connections",
    "/api/v1/app-connections%00",
    "/api/v1/../v1/app-connections",
    "/api/v1/%2e%2e/v1/app-connections",
    "/api/%2e%2e/%2e%2e/etc/passwd",
    "/api/..%5c..%5c",
    "/api/%ff%fe",
    "/api/%ed%a0%80",
    "/api/%c3",
    "/api/v1/%f0%9f%92%a9",
    "/api/%0d%0aSet-Cookie:%20a=b",
    "/api/v1/workspace/" + "a" * 20_000,
    "/api/" + "a/" * 10_000,
    "/api/v2/workspace/%00",
    "/api/v2/workspace/a%00b",
    "/api/v2/workspace/%ff",
    "/api/v2/workspace/%ed%a0%80",
    "/api/v2/workspace/" + "a" * 20_000,
    "/api/v1/workspace/%00",
    "/api/v1/workspace/" + UNKNOWN_ID + "%00",
    "/api/v1/workspace/{" + UNKNOWN_ID + "}",
    "/api/v1/workspace/urn:uuid:" + UNKNOWN_ID,
    "/api/v1/workspace/0",
    "/api/v1/workspace/" + "9" * 39,
    "/api/v1/workspace/%F0%9D%9F%98",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ascii(path)[:60])
def test_a_path_that_leads_nowhere_is_not_found(api: Api, path: str) -> None:
    envelope = assert_refused(api.get(path), 404)
    assert envelope["error"] == "NotFound"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ascii(path)[:60])
def test_nothing_can_be_changed_there_either(api: Api, path: str) -> None:
    for method in ("POST", "PATCH", "PUT", "DELETE"):
        assert_refused(api.request(method, path, {}), 404, 405, 422)


@pytest.mark.parametrize("path", [GITLAB, "/api/v1/projects", "/api/status"])
def test_a_trailing_slash_is_no_other_path_and_never_a_redirect(api: Api, path: str) -> None:
    plain, slashed = api.get(path), api.get(f"{path}/")
    assert plain.status_code == slashed.status_code == 200
    if path != "/api/status":
        assert plain.content == slashed.content


def test_a_post_with_a_trailing_slash_stays_a_post(admin: Api) -> None:
    made = admin.post(f"{PROJECTS}/", {"projectName": "Platform", "slug": "platform"})
    assert made.json()["project"]["slug"] == "platform"


QUERIES = [
    "projectId=%00",
    "projectId=%ff",
    "projectId=%ed%a0%80",
    "projectId=" + "a" * 20_000,
    "projectId=" + "&projectId=".join("ab"),
    "projectId[]=1",
    "projectId=null",
    "projectId=%F0%9D%9F%98",
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: ascii(query)[:30])
@pytest.mark.parametrize("path", ["/api/v1/app-connections", GITLAB, f"{GITLAB}/available"])
def test_a_query_that_makes_no_sense_is_refused(api: Api, path: str, query: str) -> None:
    answer = api.client.generic(
        "GET", path, headers={"Authorization": f"Bearer {api.token}"}, REMOTE_ADDR=ADDRESS, QUERY_STRING=query
    )
    if query.startswith("projectId[]"):
        assert answer.status_code == 200, "a key nobody knows"
    else:
        assert_refused(answer, 400, 404, 422)


@pytest.mark.parametrize(
    "query",
    ["&" * 5_000, "&".join(f"a{n}=1" for n in range(5_000)), "%", "%zz", "=", "a=%00"],
    ids=lambda query: ascii(query)[:20],
)
def test_a_query_that_nobody_reads_harms_nobody(api: Api, query: str) -> None:
    answer = api.client.generic("GET", "/api/status", REMOTE_ADDR=ADDRESS, QUERY_STRING=query)
    assert answer.status_code == 200


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


@pytest.mark.parametrize(
    "query", ["format=xml", "lang=%00", "lang=../../x", "version=%00", "version=v9", "lang=xx"]
)
def test_the_documents_take_no_parameters_that_break_them(api: Api, query: str) -> None:
    for path in ("/api/schema", "/api/docs"):
        answer = api.client.generic("GET", path, REMOTE_ADDR=ADDRESS, QUERY_STRING=query)
        assert answer.status_code == 200, answer.content[:300]


def test_an_error_that_nobody_foresaw_says_nothing(monkeypatch: pytest.MonkeyPatch, admin: Api) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("organizations.services.list_projects", broken)
    answer = admin.get("/api/v1/projects")
    assert answer.status_code == 500
    assert answer.json()["message"] == "Something went wrong"
    assert b"secret" not in answer.content


@pytest.mark.parametrize("path", ["/api/status", "/healthcheck"])
def test_an_error_outside_of_every_view_is_told_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, admin: Api, path: str
) -> None:
    monkeypatch.setattr("wire.renderers.FastJSONRenderer.render", lambda *args, **kwargs: 1 / 0)
    answer = admin.get(path)
    assert answer.status_code == 500
    assert b"ZeroDivisionError" not in answer.content
    assert [record for record in caplog.records if record.exc_info and record.exc_info[0] is ZeroDivisionError]
    assert answer.headers["Content-Type"] == "application/json"


def test_a_member_of_nothing_sees_the_same_refusals(db: None) -> None:
    outsider = identity_with(role="no-access")
    assert_refused(send(outsider, "POST", PROJECTS, b"{"), 400)
    assert_refused(outsider.get("/api/v1/nowhere"), 404)
