"""When GitHub refuses, or cannot be asked: the contract's status and words, the true cause, and nothing stored."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from connections import servers
from connections.models import AppConnection
from connections.providers.network import Network
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, METHODS, body, create

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

TOKEN = "Unable to validate Personal Access Token: verify token has proper permissions"
GITHUBS_ERROR = "Unable to validate credentials: GitHub responded with an error: "
STATUS_CODE = "Unable to validate credentials: GitHub responded with a status code of "
UNREACHED = "Unable to validate connection: verify credentials"
USER = "/api/v3/user"
ENDPOINT = "/login/oauth/access_token"
CODES = ("github-app", "oauth")


def refusal(admin: Api, given: dict[str, Any]) -> str:
    """Try to create a connection, and return why it failed."""
    response = admin.post(GITHUB, given)
    assert response.status_code == 400, response.content
    assert response.json()["error"] == "BadRequest"
    assert not AppConnection.objects.exists()
    message: str = response.json()["message"]
    return message


# Personal access tokens


def test_a_token_that_github_does_not_know(admin: Api, github: Sandbox) -> None:
    said = refusal(admin, body(github, token="ghp_nonsense"))
    assert said == (
        f"{TOKEN}. Unauthorized. Cause: {github.url}/api/v3 does not know this token. Check that it was copied "
        "whole, has not expired or been revoked, and was created on this server."
    )


def test_a_revoked_token(admin: Api, github: Sandbox) -> None:
    token = github.personal_token()
    token.revoke()
    assert refusal(admin, body(github, token=token.value)).startswith(f"{TOKEN}. Unauthorized. Cause: ")


def test_an_expired_token(admin: Api, github: Sandbox) -> None:
    token = github.personal_token(expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert refusal(admin, body(github, token=token.value)).startswith(f"{TOKEN}. Unauthorized. Cause: ")


def test_the_token_of_an_installation_is_nobodys(admin: Api, github: Sandbox) -> None:
    app = world.app_at(github)
    world.app_credentials(github, app)
    installation = github.hub.installations.of(app)[0]
    token = github.hub.installations.new_token(installation, None, None)
    github.hub.tokens.keep(token)
    assert "not accessible by integration" in refusal(admin, body(github, token=token.value))


Misbehave = Callable[[Sandbox, str], object]
FAULTS: dict[str, tuple[Misbehave, str]] = {
    "sends 200 MB": (lambda github, path: github.misbehave("huge", path, size=200_000_000), "sent more than"),
    "redirects": (
        lambda github, path: github.misbehave("redirect", path, to="https://example.com/?x"),
        "redirects",
    ),
    "speaks HTML": (lambda github, path: github.misbehave("html", path), "HTML page instead of JSON"),
    "closes early": (lambda github, path: github.misbehave("close", path), "closed the connection"),
    "closes in the middle": (
        lambda github, path: github.misbehave("close", path, part="body"),
        "closed the connection",
    ),
    "sends broken JSON": (lambda github, path: github.misbehave("not-json", path), "JSON"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_github_that_answers_wrongly_about_a_token_is_told_apart(admin: Api, github: Sandbox, fault: str) -> None:
    misbehave, said = FAULTS[fault]
    misbehave(github, USER)
    refused = refusal(admin, body(github))
    assert refused.startswith(f"{TOKEN}. ")
    assert said in refused


def test_a_github_that_fails_is_told_apart(admin: Api, github: Sandbox) -> None:
    github.misbehave("status", USER, status=502)
    assert refusal(admin, body(github)) == (
        f"{TOKEN}. Bad Gateway. Cause: {github.url}/api/v3 answered with status 502. Try again later."
    )


@pytest.fixture
def impatient(github: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rule of the network, with half a second to answer."""
    network = Network(
        allowed_hosts=("127.0.0.1",), ca_file=settings.EXTRA_CA_CERTS, read_timeout=0.5, connect_timeout=5
    )
    monkeypatch.setattr(servers, "operator_network", lambda: network)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("method", METHODS)
def test_a_github_that_hangs_is_told_apart(admin: Api, github: Sandbox, method: str) -> None:
    given = body(github, method)
    github.misbehave("hang", USER if method == "pat" else ENDPOINT)
    refused = refusal(admin, given)
    assert refused.startswith(TOKEN if method == "pat" else UNREACHED)
    assert "did not answer within" in refused


@pytest.mark.parametrize("method", METHODS)
def test_nobody_listens(admin: Api, github: Sandbox, method: str) -> None:
    with Sandbox(tls=True) as gone:
        host = world.host_of(gone)
    given = body(github, method)
    given["credentials"]["host"] = host
    refused = refusal(admin, given)
    expected = {
        "pat": "refused",
        "oauth": "There is no OAuth app for",
        "github-app": "There is no GitHub App for",
    }
    assert expected[method] in refused


@pytest.mark.parametrize("method", METHODS)
def test_a_certificate_from_an_unknown_authority(admin: Api, github: Sandbox, settings: Any, method: str) -> None:
    given = body(github, method)
    settings.EXTRA_CA_CERTS = ""
    refused = refusal(admin, given)
    assert refused.startswith(TOKEN if method == "pat" else UNREACHED)
    assert "EXTRA_CA_CERTS" in refused


@pytest.mark.parametrize(
    ("host", "cause"),
    [
        ("10.1.2.3", "Local IPs not allowed as URL"),
        ("169.254.169.254", "Local IPs not allowed as URL"),
        ("localhost.localdomain", "Could not resolve hostname to any IP address"),
    ],
)
def test_an_address_that_we_do_not_call(admin: Api, github: Sandbox, host: str, cause: str) -> None:
    given = body(github)
    given["credentials"]["host"] = host
    assert cause in refusal(admin, given)
    assert github.requests == []


# Codes


@pytest.mark.parametrize("method", CODES)
def test_a_code_that_github_does_not_know_is_refused_in_its_words(admin: Api, github: Sandbox, method: str) -> None:
    given = body(github, method)
    given["credentials"]["code"] = "no-such-code"
    assert refusal(admin, given).startswith(
        f"{GITHUBS_ERROR}bad_verification_code - The code passed is incorrect or expired."
    )


@pytest.mark.parametrize("method", CODES)
def test_a_code_counts_once(admin: Api, github: Sandbox, method: str) -> None:
    given = body(github, method)
    made = admin.post(GITHUB, given).json()["appConnection"]
    admin.delete(f"{GITHUB}/{made['id']}")
    assert refusal(admin, given).startswith(f"{GITHUBS_ERROR}bad_verification_code - ")


@pytest.mark.parametrize("method", CODES)
def test_a_wrong_client_secret_is_the_operators_to_correct(
    admin: Api, github: Sandbox, settings: Any, method: str
) -> None:
    settings.APP_CONNECTION_VARIABLES |= {
        f"{prefix}_CLIENT_SECRET": "wrong-client-secret" for prefix in (world.OAUTH, world.APP)
    }
    assert refusal(admin, body(github, method)).startswith(
        f"{GITHUBS_ERROR}incorrect_client_credentials - The client_id and/or client_secret passed are incorrect. "
        "Check the client id and the client secret"
    )


@pytest.mark.parametrize("method", CODES)
@pytest.mark.parametrize("status", [502, 404])
def test_a_status_of_the_token_endpoint_is_told_with_its_name(
    admin: Api, github: Sandbox, method: str, status: int
) -> None:
    given = body(github, method)
    headers = {"Content-Type": "application/json"}
    github.misbehave("status", ENDPOINT, status=status, body="{}", headers=headers)
    phrase = {502: "Bad Gateway", 404: "Not Found"}[status]
    assert refusal(admin, given).startswith(f"{STATUS_CODE}{status} ({phrase}). Verify credentials and try again. ")


@pytest.mark.parametrize("method", CODES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_token_endpoint_that_answers_wrongly_is_told_apart(
    admin: Api, github: Sandbox, method: str, fault: str
) -> None:
    given = body(github, method)
    misbehave, said = FAULTS[fault]
    misbehave(github, ENDPOINT)
    refused = refusal(admin, given)
    assert refused.startswith(f"{UNREACHED}. ")
    assert said in refused


@pytest.mark.parametrize("method", CODES)
def test_an_answer_without_a_token(admin: Api, github: Sandbox, method: str) -> None:
    given = body(github, method)
    headers = {"Content-Type": "application/json"}
    github.misbehave("status", ENDPOINT, status=200, body='{"token_type": "bearer"}', headers=headers)
    assert refusal(admin, given).startswith("Missing access token: ")


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("oauth", "GitHub OAuth environment variables have not been configured"),
        ("github-app", "GitHub App environment variables have not been configured"),
    ],
)
def test_without_a_client_the_operator_is_told(
    admin: Api, github: Sandbox, settings: Any, method: str, words: str
) -> None:
    given = body(github, method)
    settings.APP_CONNECTION_VARIABLES = {}
    for named in (given["credentials"], {**given["credentials"], "instanceType": "cloud", "host": ""}):
        response = admin.post(GITHUB, {**given, "credentials": named})
        if named.get("host"):
            assert response.status_code == 400, "another server than github.com may be registered"
        else:
            assert response.status_code == 500
            assert response.json()["error"] == "InternalServerError"
            assert response.json()["message"] == words
    assert not AppConnection.objects.exists()


# Replacing


@pytest.mark.parametrize("method", METHODS)
def test_credentials_that_are_refused_leave_the_old_ones_in_place(admin: Api, github: Sandbox, method: str) -> None:
    made = create(admin, github, method)
    secret = "personalAccessToken" if method == "pat" else "code"
    credentials = world.credentials(github, method, **{secret: "no-such-secret"})
    answer = admin.patch(f"{GITHUB}/{made['id']}", {"name": "renamed", "credentials": credentials})
    assert answer.status_code == 400
    assert admin.get(f"{GITHUB}/{made['id']}").json()["appConnection"] == made
