from urllib.parse import parse_qsl

import pytest

from sandbox.pkce import challenge_of
from tests.sandbox.github.client import CALLBACK, Client

VERIFIER = "a-verifier-of-at-least-forty-three-characters-in-all"


def wrong(told: dict[str, str], error: str) -> bool:
    assert told.keys() == {"error", "error_description", "error_uri"}
    assert told["error_uri"].endswith(f"#{error.replace('_', '-')}")
    return told["error"] == error


def test_an_oauth_app_gets_a_token_for_ever_with_its_scopes(client: Client) -> None:
    application = client.oauth_application()
    told = client.exchange(application, client.code(application), redirect_uri=CALLBACK)
    token = told.pop("access_token")
    assert told == {"scope": "repo,admin:org", "token_type": "bearer"}
    assert token.startswith("gho_")
    client.github.travel(400 * 86_400)
    answer = client.get("/user", token)
    assert answer.json()["login"] == "ann"
    assert answer.headers["x-oauth-scopes"] == "repo, admin:org"
    assert answer.headers["x-oauth-client-id"] == application.client_id


def test_scopes_may_be_separated_by_spaces(client: Client) -> None:
    application = client.oauth_application()
    told = client.exchange(application, client.code(application, scope="repo read:org repo"))
    assert told["scope"] == "repo,read:org"


def test_a_github_app_gets_a_pair_that_expires(client: Client) -> None:
    app = client.app()
    told = client.exchange(app, client.code(app))
    assert told.pop("access_token").startswith("ghu_")
    assert told.pop("refresh_token").startswith("ghr_")
    assert told == {
        "expires_in": 28800,
        "refresh_token_expires_in": 15897600,
        "scope": "",
        "token_type": "bearer",
    }


def test_a_github_app_may_have_tokens_that_do_not(client: Client) -> None:
    app = client.app(expiring=False)
    told = client.exchange(app, client.code(app))
    assert told.keys() == {"access_token", "scope", "token_type"}
    client.github.travel(400 * 86_400)
    answer = client.get("/user", told["access_token"])
    assert answer.status_code == 200
    assert "x-oauth-scopes" not in answer.headers


def test_an_expired_user_token_is_bad(client: Client) -> None:
    token = client.github.grant(client.app()).access_token
    client.github.travel(28_799)
    assert client.get("/user", token).status_code == 200
    client.github.travel(2)
    assert client.get("/user", token).status_code == 401


def test_a_form_is_answered_by_a_form(client: Client) -> None:
    application = client.oauth_application()
    values = {
        "client_id": application.client_id,
        "client_secret": application.client_secret,
        "code": client.code(application),
    }
    answer = client.http.post(f"{client.github.url}/login/oauth/access_token", data=values, timeout=5)
    assert answer.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert dict(parse_qsl(answer.text))["scope"] == "repo,admin:org"


def test_a_code_works_once(client: Client) -> None:
    application = client.oauth_application()
    code = client.code(application)
    assert "access_token" in client.exchange(application, code)
    assert wrong(client.exchange(application, code), "bad_verification_code")


def test_a_code_works_for_ten_minutes(client: Client) -> None:
    application = client.oauth_application()
    early, late = client.code(application), client.code(application)
    client.github.travel(598)
    assert "access_token" in client.exchange(application, early)
    client.github.travel(3)
    assert wrong(client.exchange(application, late), "bad_verification_code")


def test_a_code_is_for_the_application_that_asked(client: Client) -> None:
    code = client.code(client.oauth_application())
    assert wrong(client.exchange(client.oauth_application(), code), "bad_verification_code")
    assert wrong(client.token(client.oauth_application()), "bad_verification_code")


def test_a_wrong_secret_leaves_the_code_as_it_is(client: Client) -> None:
    application = client.oauth_application()
    code = client.code(application)
    assert wrong(client.exchange(application, code, client_secret="guess"), "incorrect_client_credentials")
    assert "access_token" in client.exchange(application, code)


def test_an_unknown_client_is_not_found(client: Client) -> None:
    answer = client.post("/login/oauth/access_token", {"client_id": "nobody", "client_secret": "x", "code": "y"})
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_a_code_is_for_its_address(client: Client) -> None:
    application = client.oauth_application()
    told = client.exchange(application, client.code(application), redirect_uri=f"{CALLBACK}/other")
    assert wrong(told, "redirect_uri_mismatch")


def test_only_two_kinds_of_grant_are_known(client: Client) -> None:
    told = client.token(client.oauth_application(), grant_type="telepathy")
    assert wrong(told, "unsupported_grant_type")


@pytest.mark.parametrize("verifier", [None, "another-verifier", ""])
def test_a_challenge_wants_its_verifier(client: Client, verifier: str | None) -> None:
    app = client.app()
    asked = {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}
    code = client.code(app, **asked)
    assert wrong(client.exchange(app, code, code_verifier=verifier), "bad_verification_code")
    assert "access_token" in client.exchange(app, code, code_verifier=VERIFIER)
