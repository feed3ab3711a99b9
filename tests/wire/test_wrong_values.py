"""A value of the wrong kind or size, a key that comes twice or that nobody knows: none breaks a call."""

import json
from typing import Any

import pytest

from tests.clients import SET_UP, Api
from tests.wire.requests import BOOTSTRAP, GITLAB, LOGIN, PROJECTS, RENEW, UNKNOWN_ID, assert_refused, send

pytestmark = pytest.mark.django_db
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
