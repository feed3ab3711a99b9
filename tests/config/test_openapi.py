"""The OpenAPI document is valid, complete and true, and its page works without the internet."""

import json
import re
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from sandbox.github import Sandbox as GitHub
from sandbox.gitlab import Sandbox
from tests.clients import anonymous
from tests.config.documented import World
from tests.connections.github.world import variables

OAUTH_CLIENT = {f"INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_{part}": "made-up" for part in ("ID", "SECRET")}
ERRORS = {"400", "401", "403", "404", "405", "422", "429", "500", "503"}
ERRORS_OF_BODIES = {"413", "415"}
# The document itself and its page.
UNDOCUMENTED = {"/api/schema", "/api/docs"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document as clients get it."""
    answer = anonymous().get("/api/schema")
    assert answer.status_code == 200
    loaded: dict[str, Any] = json.loads(answer.content)
    return loaded


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return each operation by method and path."""
    return {
        (method.upper(), path): described
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    }


def resolved(document: dict[str, Any], part: Any) -> Any:
    """Return a part of the document with its references followed."""
    if isinstance(part, dict) and "$ref" in part:
        found: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return resolved(document, found)
    return part


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, str]]:
    """Yield method and path of everything that is served."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        else:
            actions = getattr(pattern.callback, "actions", {"get": ""})
            for method in actions:
                yield method.upper(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)


SERVED = sorted({route for route in routes(get_resolver().url_patterns) if route[1].startswith("/api/")})
DOCUMENTED = [("GET", "/healthcheck"), *(route for route in SERVED if route[1] not in UNDOCUMENTED)]


# The document


def test_the_document_has_no_errors_and_no_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json")
    printed = capsys.readouterr()
    assert json.loads(printed.out)["openapi"].startswith("3.")
    assert "Warning" not in printed.err
    assert "Error" not in printed.err


def test_every_route_and_method_is_documented_exactly_once(document: dict[str, Any]) -> None:
    assert sorted(operations(document)) == sorted(DOCUMENTED)


def test_every_operation_has_a_name_and_a_summary_of_its_own(document: dict[str, Any]) -> None:
    described = operations(document)
    names = Counter(operation["operationId"] for operation in described.values())
    assert [name for name, count in names.items() if count > 1] == []
    assert [where for where, operation in described.items() if not operation.get("summary")] == []
    assert [where for where, operation in described.items() if not operation.get("tags")] == []


def test_every_operation_lists_every_way_to_fail(document: dict[str, Any]) -> None:
    for where, operation in operations(document).items():
        errors = ERRORS | ERRORS_OF_BODIES if "requestBody" in operation else ERRORS
        assert set(operation["responses"]) == {"200", *errors}, where
        for status in errors:
            shown = operation["responses"][status]["content"]["application/json"]
            for name, example in shown["examples"].items():
                assert example["value"]["statusCode"] == int(status), (where, name)


def test_only_what_needs_no_token_says_so(document: dict[str, Any]) -> None:
    public = {path for (_, path), operation in operations(document).items() if operation["security"] == []}
    assert public == {
        "/api/status",
        "/healthcheck",
        "/api/v1/admin/bootstrap",
        "/api/v1/auth/universal-auth/login",
        "/api/v1/auth/token/renew",
        "/api/v1/auth/token/revoke",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), [route for route in SERVED if route[1] not in UNDOCUMENTED])
def test_what_says_that_it_needs_a_token_does(document: dict[str, Any], method: str, path: str) -> None:
    public = operations(document)[method, path]["security"] == []
    answer = anonymous().request(method, re.sub(r"{\w+}", "3c90c3cc-0d44-4b50-8888-8dd25736052a", path), {})
    assert (answer.status_code == 401 and answer.json()["message"] == "Token missing") is not public


def bodies(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the JSON part of each request body, by operation."""
    return {
        f"{method} {path}": operation["requestBody"]["content"]["application/json"]
        for (method, path), operation in operations(document).items()
        if "requestBody" in operation
    }


def test_every_body_has_an_example_that_fits_its_schema(document: dict[str, Any]) -> None:
    without = [where for where, body in bodies(document).items() if not body.get("examples")]
    assert without == []
    for where, body in bodies(document).items():
        schema = {**body["schema"], "components": document["components"]}
        for name, example in body["examples"].items():
            errors = [error.message for error in jsonschema_rs.iter_errors(schema, example["value"])]
            assert errors == [], (where, name)


def test_json_is_all_that_is_taken_and_sent(document: dict[str, Any]) -> None:
    for where, operation in operations(document).items():
        kinds = {kind for answer in operation["responses"].values() for kind in answer.get("content", {})}
        kinds |= set(operation.get("requestBody", {}).get("content", {}))
        assert kinds == {"application/json"}, where


@pytest.mark.django_db
def test_the_page_refers_to_no_other_host() -> None:
    answer = anonymous().get("/api/docs")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert not re.findall(r"""(?:src|href|url)\s*[=:(]\s*["']?(?:https?:)?//[^"')\s]+""", page)
    assert "/api/schema" in page
    files = re.findall(r"""["'](/static/[^"']+)["']""", page)
    assert len(files) >= 3
    assert [file for file in files if not finders.find(file.removeprefix("/static/"))] == []


# The service keeps what the document says


@pytest.fixture
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name is looked up and no connection is made but to this machine."""
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def refuse_names(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in {"127.0.0.1", "localhost", "::1"}:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *args, **kwargs)

    def refuse_addresses(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1"}:
            raise ConnectionRefusedError(address)
        connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", refuse_names)
    monkeypatch.setattr(socket.socket, "connect", refuse_addresses)


@pytest.fixture
def world(
    db: None, gitlab: Sandbox, github: GitHub, loopback_only: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A world that the WSGI application sees: like Django's own test client it leaves the connection open."""
    monkeypatch.setattr(django_settings, "APP_CONNECTION_VARIABLES", OAUTH_CLIENT | variables(github))
    made = World(gitlab, github)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield made
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def described(document: dict[str, Any]) -> BaseSchema:
    return schemathesis.openapi.from_dict(document)


TRUE_TO_THE_DOCUMENT = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize(("method", "path"), DOCUMENTED)
def test_answers_are_what_the_document_says(described: BaseSchema, world: World, method: str, path: str) -> None:
    statuses = set()

    @given(case=described[path][method].as_strategy())
    @settings(
        max_examples=15,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def try_it(case: schemathesis.Case[Any]) -> None:
        world.aim(case)
        response = case.call(app=application, headers=world.headers)
        assert response.status_code < 500, response.text
        statuses.add(response.status_code)
        case.validate_response(response, checks=TRUE_TO_THE_DOCUMENT)

    try_it()
    if method in {"GET", "DELETE"}:
        assert 200 in statuses, "at least what exists was found"
