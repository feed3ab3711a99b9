"""A path that leads nowhere is not found, and a trailing slash leads nowhere else."""

import pytest

from tests.clients import Api
from tests.wire.requests import GITLAB, PROJECTS, UNKNOWN_ID, assert_refused

pytestmark = pytest.mark.django_db
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
