"""The shape of the input: 422 with an issue for each fault, and nothing asked of GitHub."""

from typing import Any

import pytest

from connections.models import AppConnection
from sandbox.github import Sandbox
from tests.clients import Api, anonymous, identity_with
from tests.connections.github.requests import GITHUB, METHODS, NOBODY, body, create
from tests.connections.requests import issues
from tests.connections.test_validation import MISSING, with_fault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

UNSUPPORTED = "Not supported for GitHub Connections"
INVALID_HOST = "Invalid host: give the bare name, such as git.example.com"
# Which field of a method is required, and what is said of an empty one.
REQUIRED = [
    ("github-app", "code", "GitHub App code required"),
    ("github-app", "installationId", "GitHub App Installation ID required"),
    ("oauth", "code", "OAuth code required"),
    ("pat", "personalAccessToken", "Personal Access Token required"),
]
NO_HOSTS = {
    "a scheme": "https://github.example.com",
    "another scheme": "ssh:github.example.com",
    "a path": "github.example.com/api/v3",
    "a trailing slash": "github.example.com/",
    "user info": "ann@github.example.com",
    "user info and a password": "ann:secret@github.example.com",
    "a blank inside": "github.example.com evil.example.com",
    "a line break": "github.example.com\r\nX-Evil: 1",
    "a query": "github.example.com?x=1",
    "a fragment": "github.example.com#x",
    "a backslash": "github.example.com\\@evil.example.com",
    "a port that is none": "github.example.com:https",
    "a port too large": "github.example.com:65536",
    "an empty port": "github.example.com:",
    "an empty label": "github..example.com",
    "nothing but a dot": ".",
    "other letters": "gïthub.example.com",
    "letters that look like a slash": "github.example.com\u2215evil",
    "a NUL": "github.example.com\u0000",
}
FAULTS: list[tuple[str, Any, str, str]] = [
    ("name", MISSING, "invalid_type", "Required"),
    ("name", None, "invalid_type", "Expected string, received null"),
    ("name", "Upper", "custom", "name field can only contain lowercase letters, numbers, and hyphens"),
    ("description", "a" * 257, "too_big", "Description cannot exceed 256 characters"),
    ("isPlatformManagedCredentials", True, "invalid_literal", UNSUPPORTED),
    ("isAutoRotationEnabled", True, "invalid_literal", UNSUPPORTED),
    ("rotation", {}, "invalid_literal", UNSUPPORTED),
    ("gatewayPoolId", NOBODY, "invalid_literal", UNSUPPORTED),
    ("gatewayId", "nonsense", "invalid_string", "Invalid uuid"),
    ("gatewayId", "", "invalid_string", "Invalid uuid"),
    ("gatewayId", 7, "invalid_type", "Expected string, received number"),
    ("credentials", MISSING, "invalid_type", "Required"),
    ("credentials", None, "invalid_type", "Expected object, received null"),
    ("credentials.instanceType", None, "invalid_type", "Expected string, received null"),
    (
        "credentials.instanceType",
        "hosted",
        "invalid_enum_value",
        "Invalid enum value. Expected 'cloud' | 'server', received 'hosted'",
    ),
    ("credentials.host", None, "invalid_type", "Expected string, received null"),
    ("credentials.host", 7, "invalid_type", "Expected string, received number"),
    ("credentials.host", ["a"], "invalid_type", "Expected string, received array"),
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("place", "value", "code", "message"), FAULTS)
def test_a_fault_has_its_code_path_and_words(
    admin: Api, github: Sandbox, method: str, place: str, value: Any, code: str, message: str
) -> None:
    given = with_fault(body(github, method), place, value)
    github.clear_requests()
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 422
    assert answer.json()["error"] == "ValidationFailure"
    assert issues(answer.json()) == [(code, place.split("."), message)]
    assert github.requests == []


@pytest.mark.parametrize(("method", "field", "words"), REQUIRED)
@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        (MISSING, "invalid_type", "Required"),
        (None, "invalid_type", "Expected string, received null"),
        (7, "invalid_type", "Expected string, received number"),
        ("", "too_small", ""),
        ("  \n ", "too_small", ""),
    ],
)
def test_what_a_method_requires_is_asked_for(
    admin: Api, github: Sandbox, method: str, field: str, words: str, value: Any, code: str, message: str
) -> None:
    given = with_fault(body(github, method), f"credentials.{field}", value)
    github.clear_requests()
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 422
    assert issues(answer.json()) == [(code, ["credentials", field], message or words)]
    assert github.requests == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("host", [MISSING, "", "   "])
def test_a_server_needs_a_host(admin: Api, github: Sandbox, method: str, host: str) -> None:
    answer = admin.post(GITHUB, with_fault(body(github, method), "credentials.host", host))
    assert answer.status_code == 422
    assert [(path, words) for _, path, words in issues(answer.json())] == [
        (["credentials", "host"], "Host is required for server instance type")
    ]


@pytest.mark.parametrize("kind", ["server", "cloud"])
@pytest.mark.parametrize("host", NO_HOSTS)
def test_a_host_is_a_bare_name(admin: Api, github: Sandbox, host: str, kind: str) -> None:
    given = body(github)
    given["credentials"] |= {"instanceType": kind, "host": NO_HOSTS[host]}
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 422
    (issue,) = issues(answer.json())
    assert issue[1] == ["credentials", "host"]
    assert github.requests == []
    assert not AppConnection.objects.exists()


def test_what_is_wrong_with_a_host_is_said(admin: Api, github: Sandbox) -> None:
    given = with_fault(body(github), "credentials.host", "https://github.example.com")
    assert issues(admin.post(GITHUB, given).json()) == [("invalid_string", ["credentials", "host"], INVALID_HOST)]


@pytest.mark.parametrize("method", [MISSING, None, 7, "", "PAT", "access-token", {}])
def test_an_unknown_method_names_those_there_are(admin: Api, github: Sandbox, method: Any) -> None:
    answer = admin.post(GITHUB, with_fault(body(github), "method", method))
    assert answer.status_code == 422
    assert issues(answer.json()) == [
        (
            "invalid_union_discriminator",
            ["method"],
            "Invalid discriminator value. Expected 'github-app' | 'oauth' | 'pat'",
        )
    ]


def test_several_faults_are_told_at_once(admin: Api, github: Sandbox) -> None:
    answer = admin.post(GITHUB, {"method": "github-app", "name": "A", "credentials": {"instanceType": "own"}})
    assert [path for _, path, _ in issues(answer.json())] == [
        ["name"],
        ["credentials", "code"],
        ["credentials", "installationId"],
        ["credentials", "instanceType"],
    ]


@pytest.mark.parametrize("given", [[], "text", 7, True])
def test_a_body_that_is_no_object_is_invalid(admin: Api, github: Sandbox, given: Any) -> None:
    path = f"{GITHUB}/{create(admin, github)['id']}"
    for answer in (admin.post(GITHUB, given), admin.patch(path, given)):
        assert answer.status_code == 422


@pytest.mark.parametrize("credentials", [None, [], "text", 7, {}, {"host": "github.example.com"}])
def test_credentials_that_fit_no_method_change_nothing(admin: Api, github: Sandbox, credentials: Any) -> None:
    made = create(admin, github)
    path = f"{GITHUB}/{made['id']}"
    github.clear_requests()
    answer = admin.patch(path, {"name": "renamed", "credentials": credentials})
    assert answer.status_code == 422
    assert [issue[1] for issue in issues(answer.json())] == [["credentials"]]
    assert github.requests == []
    assert admin.get(path).json()["appConnection"] == made


# Gateways, which the contract has for GitHub and we do not


@pytest.mark.parametrize("method", METHODS)
def test_no_gateway_is_fine(admin: Api, github: Sandbox, method: str) -> None:
    made = create(admin, github, method, gatewayId=None, gatewayPoolId=None)
    assert made["gatewayId"] is None
    changed = admin.patch(f"{GITHUB}/{made['id']}", {"gatewayId": None, "name": "renamed"})
    assert changed.json()["appConnection"]["name"] == "renamed"


@pytest.mark.parametrize("gateway", [NOBODY, NOBODY.upper()])
def test_a_gateway_is_not_found(admin: Api, github: Sandbox, gateway: str) -> None:
    made = create(admin, github)
    path = f"{GITHUB}/{made['id']}"
    github.clear_requests()
    told = [
        admin.post(GITHUB, body(github, name="other", gatewayId=gateway)),
        admin.patch(path, {"name": "renamed", "gatewayId": gateway}),
    ]
    for answer in told:
        assert answer.status_code == 404
        assert answer.json()["error"] == "NotFound"
        assert answer.json()["message"] == f"Gateway with ID {NOBODY} not found for org"
    assert github.requests == []
    assert admin.get(GITHUB).json() == {"appConnections": [made]}


def test_authentication_comes_before_the_shape_and_the_shape_before_permission(admin: Api, github: Sandbox) -> None:
    assert anonymous().post(GITHUB, {}).status_code == 401
    weak = identity_with(role="no-access")
    assert weak.post(GITHUB, {}).status_code == 422
    answer = weak.post(GITHUB, body(github))
    assert answer.status_code == 403
    assert answer.json()["error"] == "PermissionDenied"
