"""The shape of the input: 422 with an issue for each fault, and nothing asked of GitLab."""

from typing import Any

import pytest

from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import GITLAB, body, create, issues

pytestmark = pytest.mark.django_db

MISSING = "missing"
NAME_RULE = "name field can only contain lowercase letters, numbers, and hyphens"
UNSUPPORTED = "Not supported for GitLab Connections"

FAULTS: list[tuple[str, Any, str, str]] = [
    ("name", MISSING, "invalid_type", "Required"),
    ("name", None, "invalid_type", "Expected string, received null"),
    ("name", 7, "invalid_type", "Expected string, received number"),
    ("name", "", "too_small", "name field must be at least 1 lowercase character"),
    ("name", "   ", "too_small", "name field must be at least 1 lowercase character"),
    ("name", "a" * 65, "too_big", "name field must be at most 64 lowercase characters"),
    *[
        ("name", name, "custom", NAME_RULE)
        for name in ("Upper", "under_score", "dot.ted", "two--hyphens", "-leading", "trailing-", "a b", "ä")
    ],
    ("name", "new\nline", "custom", NAME_RULE),
    ("description", 7, "invalid_type", "Expected string, received number"),
    ("description", "a" * 257, "too_big", "Description cannot exceed 256 characters"),
    ("projectId", 7, "invalid_type", "Expected string, received number"),
    ("isPlatformManagedCredentials", True, "invalid_literal", UNSUPPORTED),
    ("isPlatformManagedCredentials", "false", "invalid_literal", UNSUPPORTED),
    ("isAutoRotationEnabled", True, "invalid_literal", UNSUPPORTED),
    ("rotation", {}, "invalid_literal", UNSUPPORTED),
    ("gatewayId", "3c90c3cc-0d44-4b50-8888-8dd25736052a", "invalid_literal", UNSUPPORTED),
    ("gatewayPoolId", 1, "invalid_literal", UNSUPPORTED),
    ("credentials", MISSING, "invalid_type", "Required"),
    ("credentials", None, "invalid_type", "Expected object, received null"),
    ("credentials.accessToken", MISSING, "invalid_type", "Required"),
    ("credentials.accessToken", "", "too_small", "Access Token required"),
    ("credentials.accessToken", "  ", "too_small", "Access Token required"),
    ("credentials.accessToken", ["a"], "invalid_type", "Expected string, received array"),
    ("credentials.accessTokenType", MISSING, "invalid_type", "Required"),
    (
        "credentials.accessTokenType",
        "robot",
        "invalid_enum_value",
        "Invalid enum value. Expected 'personal' | 'project' | 'group', received 'robot'",
    ),
    *[
        ("credentials.instanceUrl", url, "invalid_string", "Invalid Instance URL")
        for url in (
            "gitlab.example.com",
            "ftp://gitlab.example.com",
            "https://",
            "https://a b",
            "https://h:99999",
            "https://gitlab.example.com?x=1",
            "https://gitlab.example.com#x",
            "//gitlab",
        )
    ],
]


def with_fault(given: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    *outer, last = place.split(".")
    target = given[outer[0]] if outer else given
    if value == MISSING:
        del target[last]
    else:
        target[last] = value
    return given


@pytest.mark.parametrize(("place", "value", "code", "message"), FAULTS)
def test_a_fault_has_its_code_path_and_words(
    admin: Api, gitlab: Sandbox, place: str, value: Any, code: str, message: str
) -> None:
    answer = admin.post(GITLAB, with_fault(body(gitlab), place, value))
    assert answer.status_code == 422
    assert answer.json()["error"] == "ValidationFailure"
    assert issues(answer.json()) == [(code, place.split("."), message)]
    assert gitlab.requests == []


@pytest.mark.parametrize("method", [MISSING, None, 7, "oauth2", {}])
def test_an_unknown_method_names_those_there_are(admin: Api, gitlab: Sandbox, method: Any) -> None:
    answer = admin.post(GITLAB, with_fault(body(gitlab), "method", method))
    assert answer.status_code == 422
    assert issues(answer.json()) == [
        (
            "invalid_union_discriminator",
            ["method"],
            "Invalid discriminator value. Expected 'oauth' | 'access-token'",
        )
    ]


def test_several_faults_are_told_at_once(admin: Api) -> None:
    answer = admin.post(GITLAB, {"method": "access-token", "name": "A", "credentials": {"accessToken": ""}})
    assert [path for _, path, _ in issues(answer.json())] == [
        ["name"],
        ["credentials", "accessToken"],
        ["credentials", "accessTokenType"],
    ]


@pytest.mark.parametrize("given", [[], "text", 7, None, True])
def test_a_body_that_is_no_object_is_invalid(admin: Api, gitlab: Sandbox, given: Any) -> None:
    path = f"{GITLAB}/{create(admin, gitlab)['id']}"
    for answer in (admin.post(GITLAB, given), admin.patch(path, given)):
        assert answer.status_code in {200, 422} if given is None else answer.status_code == 422


def test_a_change_is_validated_too(admin: Api, gitlab: Sandbox) -> None:
    path = f"{GITLAB}/{create(admin, gitlab)['id']}"
    gitlab.clear_requests()
    for place, value, code, message in FAULTS:
        if value == MISSING or place in {"projectId", "credentials"}:
            continue
        given = with_fault({"credentials": body(gitlab)["credentials"]}, place, value)
        answer = admin.patch(path, given)
        assert answer.status_code == 422, (place, value)
        of_any_method = ("invalid_union", ["credentials"], "Invalid input")
        expected = of_any_method if place.startswith("credentials.") else (code, place.split("."), message)
        assert issues(answer.json()) == [expected]
    assert gitlab.requests == []


@pytest.mark.parametrize("credentials", [None, [], "text", 7])
def test_credentials_that_are_no_object_are_invalid(admin: Api, gitlab: Sandbox, credentials: Any) -> None:
    path = f"{GITLAB}/{create(admin, gitlab)['id']}"
    assert admin.patch(path, {"credentials": credentials}).status_code == 422


def test_authentication_comes_before_the_shape_and_the_shape_before_permission(gitlab: Sandbox, db: None) -> None:
    from tests.clients import anonymous, identity_with

    assert anonymous().post(GITLAB, {}).status_code == 401
    assert identity_with(role="no-access").post(GITLAB, {}).status_code == 422
    assert identity_with(role="no-access").post(GITLAB, body(gitlab)).status_code == 403
