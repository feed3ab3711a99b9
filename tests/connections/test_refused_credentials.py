"""When GitLab refuses, or cannot be asked: 400, the contract's prefix, the true cause, and nothing stored."""

from collections.abc import Callable
from datetime import date

import pytest

from connections import servers
from connections.models import AppConnection
from connections.providers.network import Network
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import GITLAB, body, create

pytestmark = pytest.mark.django_db

PREFIX = "Failed to validate credentials: "
USER = "/api/v4/user"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rule of the network, with half a second to answer."""
    network = Network(allowed_hosts=("127.0.0.1",), read_timeout=0.5, connect_timeout=0.5)
    monkeypatch.setattr(servers, "operator_network", lambda: network)


def refusal(admin: Api, gitlab: Sandbox, token: str = "") -> str:
    """Try to create a connection, and return why it failed."""
    response = admin.post(GITLAB, body(gitlab, token=token))
    assert response.status_code == 400, response.content
    assert response.json()["error"] == "BadRequest"
    assert not AppConnection.objects.exists()
    message: str = response.json()["message"]
    assert message.startswith(PREFIX)
    return message.removeprefix(PREFIX)


def test_a_token_that_gitlab_does_not_know(admin: Api, gitlab: Sandbox) -> None:
    assert refusal(admin, gitlab, "glpat-nonsense") == (
        f"Unauthorized. Cause: {gitlab.url} does not know this token. Check that it was copied whole, has not "
        "been revoked, and was created on this instance."
    )


def test_a_revoked_token(admin: Api, gitlab: Sandbox) -> None:
    token = gitlab.personal_token()
    token.revoke()
    assert refusal(admin, gitlab, token.value) == (
        "Unauthorized. Cause: Token was revoked. You have to re-authorize from the user."
    )


def test_an_expired_token(admin: Api, gitlab: Sandbox) -> None:
    token = gitlab.personal_token(expires_at=date(2020, 1, 1))
    assert refusal(admin, gitlab, token.value).startswith("Unauthorized. Cause: Token is expired.")


def test_a_blocked_user(admin: Api, gitlab: Sandbox) -> None:
    gitlab.block("ann")
    try:
        assert refusal(admin, gitlab).startswith("Forbidden. Cause: ")
    finally:
        gitlab.unblock("ann")


def test_a_rate_limit(admin: Api, gitlab: Sandbox) -> None:
    gitlab.misbehave("rate-limit", USER, retry_after=17)
    answer = admin.post(GITLAB, body(gitlab))
    assert answer.status_code == 429, "which the contract's clients repeat by themselves"
    assert answer.headers["Retry-After"] == "17"
    assert answer.json()["message"] == (
        "GitLab rate limit reached while validating credentials. Wait a moment and try again."
    )
    assert not AppConnection.objects.exists()


Misbehave = Callable[[Sandbox], object]

SLOW: dict[str, tuple[Misbehave, str]] = {
    "hangs": (lambda gitlab: gitlab.misbehave("hang", USER), "did not answer within"),
    "drips its body": (lambda gitlab: gitlab.misbehave("drip", USER, interval=0.02), "too slow"),
    "drips its headers": (
        lambda gitlab: gitlab.misbehave("drip", USER, part="headers", interval=0.02),
        "too slow",
    ),
}
WRONG: dict[str, tuple[Misbehave, str]] = {
    "sends 200 MB": (lambda gitlab: gitlab.misbehave("huge", USER, size=200_000_000), "sent more than"),
    "redirects": (lambda gitlab: gitlab.misbehave("redirect", USER, to="https://example.com/?x=1"), "redirects"),
    "speaks HTML": (lambda gitlab: gitlab.misbehave("html", USER), "HTML page instead of JSON"),
    "closes early": (lambda gitlab: gitlab.misbehave("close", USER), "closed the connection"),
    "closes in the middle": (
        lambda gitlab: gitlab.misbehave("close", USER, part="body"),
        "closed the connection",
    ),
    "sends broken JSON": (lambda gitlab: gitlab.misbehave("not-json", USER), "JSON"),
    "answers 502": (lambda gitlab: gitlab.misbehave("status", USER, status=502), "status 502"),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", SLOW)
def test_a_gitlab_that_is_too_slow_is_told_apart(admin: Api, gitlab: Sandbox, fault: str) -> None:
    misbehave, said = SLOW[fault]
    misbehave(gitlab)
    assert said in refusal(admin, gitlab)


@pytest.mark.parametrize("fault", WRONG)
def test_a_gitlab_that_answers_wrongly_is_told_apart(admin: Api, gitlab: Sandbox, fault: str) -> None:
    misbehave, said = WRONG[fault]
    misbehave(gitlab)
    assert said in refusal(admin, gitlab)


def test_a_certificate_from_an_unknown_authority(admin: Api) -> None:
    with Sandbox(tls=True) as gitlab:
        assert "EXTRA_CA_CERTS" in refusal(admin, gitlab)


def test_nobody_listens(admin: Api) -> None:
    with Sandbox() as gitlab:
        given = body(gitlab)
    response = admin.post(GITLAB, given)
    assert response.status_code == 400
    assert "refused" in response.json()["message"]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://10.1.2.3", "Local IPs not allowed as URL"),
        ("https://[::1]:8443", "Local IPs not allowed as URL"),
        ("https://169.254.169.254/latest", "Local IPs not allowed as URL"),
        (
            "https://user:pass@gitlab.example.com",
            "URLs with user credentials (e.g., user:pass@) are not allowed",
        ),
    ],
)
def test_an_address_that_we_do_not_call(admin: Api, gitlab: Sandbox, url: str, message: str) -> None:
    given = body(gitlab)
    given["credentials"]["instanceUrl"] = url
    response = admin.post(GITLAB, given)
    assert response.status_code == 400
    assert response.json()["message"].startswith(PREFIX + message)


def test_plain_http_is_for_opened_hosts_only(admin: Api, gitlab: Sandbox) -> None:
    given = body(gitlab)
    given["credentials"]["instanceUrl"] = "http://93.184.215.14"
    response = admin.post(GITLAB, given)
    assert response.status_code == 400
    assert "https" in response.json()["message"]


def test_credentials_that_are_refused_leave_the_old_ones_in_place(admin: Api, gitlab: Sandbox) -> None:
    made = create(admin, gitlab)
    credentials = body(gitlab, token="glpat-nonsense")["credentials"]
    answer = admin.patch(f"{GITLAB}/{made['id']}", {"name": "renamed", "credentials": credentials})
    assert answer.status_code == 400
    assert admin.get(f"{GITLAB}/{made['id']}").json()["appConnection"] == made
