"""Each refusal of GitHub says why and what to do, and repeats no secret that was sent."""

import base64
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from connections.providers.errors import NotJson, Redirected, Refused, ServerFailed
from connections.providers.github import client
from connections.providers.github.rest import AppUnknown
from connections.providers.http import Calls
from tests.providers.github.scripted import JWT, TOKEN, failure, says

Call = Callable[[Calls, str], Any]
CLIENT_SECRET = "8f742231b91eee05cf9d3b1b/c2c8a4"
BASIC = base64.b64encode(f"Iv1.a:{CLIENT_SECRET}".encode()).decode()
CODE = "a180b1a3d263c81bc6441d7b990bae27d4c10679"
CALLS: dict[str, Call] = {
    "user": lambda calls, api: client.user(calls, api, TOKEN),
    "repositories": lambda calls, api: list(client.repositories_of_user(calls, api, TOKEN)),
    "installations": lambda calls, api: list(client.installations(calls, api, JWT)),
    "new token": lambda calls, api: client.create_installation_token(calls, api, JWT, "42"),
    "end token": lambda calls, api: client.end_user_token(calls, api, "Iv1.a", CLIENT_SECRET, TOKEN),
    "end token of installation": lambda calls, api: client.end_installation_token(calls, api, TOKEN),
    "manifest": lambda calls, api: client.convert_manifest(calls, api, CODE),
}
SECRETS = (TOKEN, JWT, CLIENT_SECRET, quote(CLIENT_SECRET, safe=""), BASIC, CODE)
UNKNOWN_TOKEN = (
    "Unauthorized. Cause: API does not know this token. Check that it was copied whole, has not expired or been "
    "revoked, and was created on this server."
)
UNKNOWN_APP = (
    "Unauthorized. Cause: API does not accept what the GitHub App signed. Check the App's id and private key, and "
    "the clock of this machine."
)
UNKNOWN_CLIENT = "Unauthorized. Cause: API does not know this client. Check its client id and client secret."
NOT_INSTALLED = (
    "Not Found. Cause: API knows no installation 42 of this GitHub App. It may have been uninstalled: install the "
    "App again."
)
NO_SUCH_CODE = (
    "Not Found. Cause: GitHub does not know this code, which is good once and for an hour. Make the App again."
)


@pytest.mark.parametrize(
    ("call", "status", "said", "message"),
    [
        ("user", "401 Unauthorized", "Bad credentials", UNKNOWN_TOKEN),
        ("user", "401 Unauthorized", "", UNKNOWN_TOKEN),
        ("repositories", "401 Unauthorized", "Requires authentication", UNKNOWN_TOKEN),
        ("end token of installation", "401 Unauthorized", "Bad credentials", UNKNOWN_TOKEN),
        ("new token", "401 Unauthorized", "Bad credentials", UNKNOWN_APP),
        (
            "installations",
            "401 Unauthorized",
            "A JSON web token could not be decoded",
            "Unauthorized. Cause: A JSON web token could not be decoded",
        ),
        ("end token", "401 Unauthorized", "Bad credentials", UNKNOWN_CLIENT),
        ("end token", "401 Unauthorized", "Requires authentication", UNKNOWN_CLIENT),
        ("user", "404 Not Found", "Not Found", "Not Found. Cause: there is no GitHub API at API. Check the host."),
        (
            "repositories",
            "404 Not Found",
            "Not Found",
            "Not Found. Cause: it does not exist, or the token may not see it.",
        ),
        ("new token", "404 Not Found", "Not Found", NOT_INSTALLED),
        (
            "end token",
            "404 Not Found",
            "Not Found",
            "Not Found. Cause: the token was ended before, or was given to another client.",
        ),
        ("manifest", "404 Not Found", "Not Found", NO_SUCH_CODE),
        ("user", "403 Forbidden", "", "Forbidden. Cause: API answered with status 403."),
        (
            "user",
            "403 Forbidden",
            "Sorry. Your account was suspended.",
            "Forbidden. Cause: Sorry. Your account was suspended.",
        ),
        ("user", "409 No", "Validation Failed", "Conflict. Cause: API answered with status 409."),
        ("user", "499 Odd", "odd", "Status 499. Cause: odd"),
        ("user", "202 Accepted", "", "Accepted. Cause: API answered with status 202."),
        ("new token", "200 OK", "", "OK. Cause: API answered with status 200."),
    ],
)
def test_a_refusal_says_why_and_what_to_do(call: str, status: str, said: str, message: str) -> None:
    error = failure(
        says({"message": said, "documentation_url": "https://docs.github.com"}, status=status), CALLS[call]
    )
    assert isinstance(error, Refused)
    assert error.message == message
    assert error.status == int(status[:3])
    assert not error.retryable


def find(calls: Calls, api: str) -> Any:
    return client.find_installation(calls, api, JWT, "acme", "Organization")


@pytest.mark.parametrize("call", [CALLS["installations"], CALLS["new token"], find], ids=["list", "token", "find"])
def test_an_app_that_is_not_known_is_not_taken_for_one_that_is_not_installed(call: Call) -> None:
    error = failure(says({"message": "Integration not found"}, status="404 Not Found"), call)
    assert isinstance(error, AppUnknown)
    assert error.message == UNKNOWN_APP.replace("Unauthorized", "Not Found")


@pytest.mark.parametrize(
    ("said", "headers", "message"),
    [
        (
            "Resource not accessible by integration",
            ["X-Accepted-GitHub-Permissions: secrets=write; environments=write"],
            "Resource not accessible by integration. It lacks a permission: secrets=write; environments=write.",
        ),
        (
            "Resource not accessible by personal access token",
            [],
            "Resource not accessible by personal access token. Give it the permission that this takes.",
        ),
    ],
)
def test_a_lack_of_rights_names_the_permission(said: str, headers: list[str], message: str) -> None:
    error = failure(says({"message": said}, *headers, status="403 Forbidden"))
    assert error.message == f"Forbidden. Cause: {message}"


def test_single_sign_on_is_named_and_its_address_is_not_repeated() -> None:
    error = failure(
        says(
            {"message": "Resource protected by organization SAML enforcement."},
            "X-GitHub-SSO: required; url=https://github.com/orgs/acme/sso?authorization_request=AXYZ",
            status="403 Forbidden",
        )
    )
    assert error.message == (
        "Forbidden. Cause: the organization demands SAML single sign-on, for which this token is not authorized. "
        "Authorize the token for the organization in its settings at GitHub (Configure SSO)."
    )


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Service Unavailable", "599 Odd"])
def test_a_server_that_fails_may_be_asked_again(status: str) -> None:
    error = failure(says({"message": "Server Error"}, "Retry-After: 7", status=status))
    assert isinstance(error, ServerFailed)
    assert error.retryable
    assert error.retry_after == 7
    assert error.message.endswith(f". Cause: API answered with status {status[:3]}. Try again later.")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "422 No", "500 Oops"])
def test_secrets_that_a_server_repeats_are_not_repeated(call: str, status: str) -> None:
    words = [f"Not accessible by {secret}" for secret in SECRETS] + ["x" * 200 + " ".join(SECRETS), *SECRETS]
    for said in words:
        headers = [f"X-Accepted-GitHub-Permissions: {secret}" for secret in (TOKEN, JWT, BASIC)]
        own = own_secrets(call)
        error = failure(says({"message": said.replace("Not", "not")}, *headers, status=status), CALLS[call])
        told = "".join(traceback.format_exception(error)) + error.message + repr(error)
        assert not [secret for secret in own if secret[:12] in told]


def own_secrets(call: str) -> tuple[str, ...]:
    """Return what this call sends: what it does not send is no secret to the server."""
    if call in {"installations", "new token"}:
        return (JWT,)
    if call == "end token":
        return (TOKEN, CLIENT_SECRET, quote(CLIENT_SECRET, safe=""), BASIC)
    return (CODE,) if call == "manifest" else (TOKEN,)


@pytest.mark.parametrize(
    "given",
    [
        says(None, "Location: https://elsewhere.example/", status="302 Found"),
        says("a page", "Content-Type: text/html", status="201 Created"),
        says([], status="201 Created"),
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 6_000_000,
    ],
    ids=["redirect", "page", "list", "ssh", "huge"],
)
def test_the_code_in_a_path_is_not_told(given: bytes) -> None:
    error = failure(given, CALLS["manifest"])
    assert CODE not in error.message
    assert CODE not in str(error)
    assert CODE not in "".join(traceback.format_exception(error))


def test_a_redirect_and_a_page_in_front_are_named() -> None:
    assert isinstance(failure(says(None, "Location: /login", status="302 Found")), Redirected)
    assert isinstance(failure(says("Sign in", "Content-Type: text/html")), NotJson)
    error = failure(says("nothing here", "Content-Type: text/html", status="404 Not Found"))
    assert error.message == "Not Found. Cause: there is no GitHub API at API. Check the host."
