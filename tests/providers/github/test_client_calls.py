"""What each call asks GitHub for, and what it makes of the answer."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connections.providers.base import Account
from connections.providers.errors import BadAnswer, NotJson, NotSent, Refused, TokenMissing
from connections.providers.github import client
from connections.providers.github.shapes import Installation, InstallationToken, MadeApp, Owner, TokenFacts, User
from tests.providers.github import keys
from tests.providers.github.scripted import JWT, TOKEN, done, failure, github, says

OCTOCAT = {"id": 1, "login": "octocat", "name": "The Octocat", "type": "User"}
ACME = {"id": 7, "login": "acme", "type": "Organization"}
INSTALLED = {
    "id": 42,
    "account": ACME,
    "target_type": "Organization",
    "repository_selection": "selected",
    "permissions": {"metadata": "read", "secrets": "write"},
    "suspended_at": None,
    "app_slug": "app-connections",
}
INSTALLATION = Installation(
    id=42,
    account=Owner(7, "acme", "Organization"),
    app_slug="app-connections",
)
CODE = "a180b1a3d263c81bc6441d7b990bae27d4c10679"


def made(**changed: Any) -> dict[str, Any]:
    return {
        "id": 5,
        "slug": "app-connections",
        "name": "App Connections",
        "client_id": "Iv23liA1b2C3d4E5f6G7",
        "client_secret": "3d5a9c0f1b",
        "pem": keys.pem(),
        "webhook_secret": None,
        "owner": ACME,
        "html_url": "https://github.com/apps/app-connections",
        **changed,
    }


def sent(request: bytes) -> tuple[str, dict[str, str], bytes]:
    """Return a request's first line, its headers by their names in lower case, and its body."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return first, {name.lower(): value for name, value in headers.items()}, body


def test_a_call_says_who_asks_and_for_which_version() -> None:
    _, request = done(says(OCTOCAT), lambda calls, api: client.user(calls, api, TOKEN))
    first, headers, _ = sent(request)
    assert first == "GET /user HTTP/1.1"
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["x-github-api-version"] == "2022-11-28"


def user_with(*headers: str, **changed: Any) -> User:
    return done(says(OCTOCAT | changed, *headers), lambda calls, api: client.user(calls, api, TOKEN))[0]


def test_a_user_is_read() -> None:
    assert user_with("X-OAuth-Scopes: repo, read:org") == User(
        Account(id="1", username="octocat", name="The Octocat", is_bot=False),
        TokenFacts(scopes=("repo", "read:org"), expires_at=None),
    )
    assert user_with(type="Bot", name=None).account == Account("1", "octocat", "", is_bot=True)


@pytest.mark.parametrize(
    ("headers", "scopes"),
    [
        ((), None),
        (("X-OAuth-Scopes:",), ()),
        (("X-OAuth-Scopes: repo",), ("repo",)),
        (("x-oauth-scopes: repo,, gist ,",), ("repo", "gist")),
        (("X-OAuth-Scopes: " + ",".join(["repo"] * 1000),), ("repo",) * 64),
    ],
)
def test_the_scopes_of_a_token_are_read(headers: tuple[str, ...], scopes: tuple[str, ...] | None) -> None:
    assert user_with(*headers).token.scopes == scopes


@pytest.mark.parametrize(
    ("value", "end"),
    [
        ("2026-12-31 10:00:00 UTC", datetime(2026, 12, 31, 10, tzinfo=UTC)),
        ("2026-12-31 10:00:00 +0200", datetime(2026, 12, 31, 8, tzinfo=UTC)),
        ("2026-12-31 10:00:00 -0800", datetime(2026, 12, 31, 18, tzinfo=UTC)),
        ("2026-12-31 10:00:00", None),
        ("2026-13-31 10:00:00 UTC", None),
        ("9999-12-31 23:00:00 -0800", None),
        ("0001-01-01 00:00:00 +0800", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_end_of_a_token_is_read(value: str, end: datetime | None) -> None:
    assert user_with(f"github-authentication-token-expiration: {value}").token.expires_at == end


def test_fields_of_the_wrong_kind_are_not_believed() -> None:
    odd = user_with(name={"a": "\n"}, type=["Bot"])
    assert (odd.account.name, odd.account.is_bot) == ("{'a': '\\n'}", False)


@pytest.mark.parametrize("fields", [{"id": [1]}, {"id": "1"}, {"id": 0}, {"login": None}, {"login": ["ann"]}])
def test_who_names_nobody_is_no_github(fields: dict[str, Any]) -> None:
    with pytest.raises(NotJson, match="answered without a user"):
        user_with(**fields)


@pytest.mark.parametrize("odd", [{}, {"id": True, "account": [], "app_slug": None}, {"id": "42", "account": None}])
def test_an_installation_of_nothing_is_read(odd: dict[str, Any]) -> None:
    found, _ = done(says(odd), lambda calls, api: client.find_installation(calls, api, JWT, "acme", "Organization"))
    assert found == Installation(0, Owner(0, "", ""), app_slug="")


@pytest.mark.parametrize(
    ("account", "kind", "path"),
    [
        ("acme", "Organization", "/orgs/acme/installation"),
        ("octocat", "User", "/users/octocat/installation"),
        ("a/../b?c", "User", "/users/a%2F..%2Fb%3Fc/installation"),
    ],
)
def test_an_installation_is_found_by_its_account(account: str, kind: str, path: str) -> None:
    found, request = done(
        says(INSTALLED), lambda calls, api: client.find_installation(calls, api, JWT, account, kind)
    )
    assert found == INSTALLATION
    first, headers, _ = sent(request)
    assert first == f"GET {path} HTTP/1.1"
    assert headers["authorization"] == f"Bearer {JWT}"


def test_an_app_that_is_not_installed_is_not_found() -> None:
    absent = says({"message": "Not Found"}, status="404 Not Found")
    assert done(absent, lambda calls, api: client.find_installation(calls, api, JWT, "acme", "User"))[0] is None
    refused = says({"message": "Bad credentials"}, status="401 Unauthorized")
    error = failure(refused, lambda calls, api: client.find_installation(calls, api, JWT, "acme", "User"))
    assert isinstance(error, Refused)


def test_a_token_of_an_installation_is_made() -> None:
    given = {
        "token": "ghs_abcdef",
        "expires_at": "2026-07-11T22:14:10Z",
        "permissions": {"secrets": "write"},
        "repository_selection": "all",
    }
    made_token, request = done(
        says(given, status="201 Created"),
        lambda calls, api: client.create_installation_token(calls, api, JWT, "42"),
    )
    assert made_token == InstallationToken(
        "ghs_abcdef", datetime(2026, 7, 11, 22, 14, 10, tzinfo=UTC), {"secrets": "write"}, "all"
    )
    assert "ghs_abcdef" not in repr(made_token)
    assert sent(request)[0] == "POST /app/installations/42/access_tokens HTTP/1.1"


@pytest.mark.parametrize("given", [{}, {"token": ""}, {"token": None}, {"token": "a\nb"}, {"token": "x" * 20_000}])
def test_an_answer_without_a_token_is_none(given: dict[str, Any]) -> None:
    error = failure(
        says(given, status="201 Created"),
        lambda calls, api: client.create_installation_token(calls, api, JWT, "42"),
    )
    assert isinstance(error, TokenMissing)


@pytest.mark.parametrize("written", [None, 7, "soon", "9999-12-31T23:59:59-08:00"])
def test_an_end_that_cannot_be_read_is_none(written: Any) -> None:
    given = says({"token": "ghs_abcdef", "expires_at": written}, status="201 Created")
    token, _ = done(given, lambda calls, api: client.create_installation_token(calls, api, JWT, "42"))
    assert token.expires_at is None


def test_a_token_of_an_installation_is_ended() -> None:
    _, request = done(
        says(None, status="204 No Content"), lambda calls, api: client.end_installation_token(calls, api, TOKEN)
    )
    first, headers, _ = sent(request)
    assert first == "DELETE /installation/token HTTP/1.1"
    assert headers["authorization"] == f"Bearer {TOKEN}"


def test_what_a_person_gave_is_ended() -> None:
    _, request = done(
        says(None, status="204 No Content"),
        lambda calls, api: client.end_user_token(calls, api, "Iv1.a", "client secret", TOKEN),
    )
    first, headers, body = sent(request)
    assert first == "DELETE /applications/Iv1.a/token HTTP/1.1"
    assert headers["authorization"] == "Basic " + base64.b64encode(b"Iv1.a:client secret").decode()
    assert json.loads(body) == {"access_token": TOKEN}


def test_an_app_is_made_of_a_manifest() -> None:
    app, request = done(
        says(made(), status="201 Created"), lambda calls, api: client.convert_manifest(calls, api, CODE)
    )
    assert app == MadeApp(
        id=5,
        slug="app-connections",
        name="App Connections",
        client_id="Iv23liA1b2C3d4E5f6G7",
        client_secret="3d5a9c0f1b",
        pem=keys.pem(),
        webhook_secret="",
        owner_login="acme",
        html_url="https://github.com/apps/app-connections",
    )
    assert "3d5a9c0f1b" not in repr(app)
    assert "PRIVATE KEY" not in repr(app)
    first, headers, _ = sent(request)
    assert first == f"POST /app-manifests/{CODE}/conversions HTTP/1.1"
    assert "authorization" not in headers


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"pem": None}, "private key"),
        ({"pem": "-----BEGIN RSA PRIVATE KEY-----"}, "private key"),
        ({"id": "5", "client_secret": None}, "id and client secret"),
        ({"client_id": ""}, "client id"),
        ({"client_id": "I" * 256}, "client id"),
        ({"client_id": "Iv1\n.7"}, "client id"),
    ],
)
def test_an_app_without_what_it_needs_is_refused(changed: dict[str, Any], missing: str) -> None:
    given = says(made(**changed), status="201 Created")
    error = failure(given, lambda calls, api: client.convert_manifest(calls, api, CODE))
    assert isinstance(error, BadAnswer)
    assert error.message == f"API made the GitHub App, but did not give its {missing}."


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_would_lead_elsewhere_is_not_sent(name: str) -> None:
    with github(says({})) as (server, calls):
        for call in (
            lambda: client.create_installation_token(calls, server.url, JWT, name),
            lambda: client.find_installation(calls, server.url, JWT, name, "User"),
            lambda: client.end_user_token(calls, server.url, name, "secret", TOKEN),
            lambda: list(client.environments(calls, server.url, TOKEN, name, "web")),
            lambda: list(client.environments(calls, server.url, TOKEN, "acme", name)),
        ):
            with pytest.raises(NotSent):
                call()
        assert server.requests == []


@pytest.mark.parametrize("code", ["", "short", "../../user", "a" * 129, f"{CODE}/x", f"{CODE}?a", f"{CODE}\n"])
def test_what_is_no_code_is_not_sent(code: str) -> None:
    with github(says({})) as (server, calls):
        with pytest.raises(NotSent, match="no code for a new GitHub App"):
            client.convert_manifest(calls, server.url, code)
        assert server.requests == []
