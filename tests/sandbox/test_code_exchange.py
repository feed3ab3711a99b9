import re

import requests

from tests.sandbox.client import REDIRECT_URI, Client, invalid_client, invalid_grant, missing, refused

ISSUED = re.compile(
    r'\{"access_token":"[0-9a-f]{64}","token_type":"Bearer","expires_in":7200,'
    r'"refresh_token":"[0-9a-f]{64}","scope":"(?P<scope>[a-z_ ]+)","created_at":\d{10}\}'
)


def issued(answer: requests.Response, scope: str = "api read_repository") -> bool:
    assert answer.status_code == 200
    match = ISSUED.fullmatch(answer.text)
    assert match
    assert match["scope"] == scope
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Vary"] == "Accept"
    assert "WWW-Authenticate" not in answer.headers
    return True


def test_a_code_is_exchanged_for_a_pair_of_tokens(client: Client) -> None:
    application = client.application()
    answer = client.exchange(application, client.code(application))
    assert issued(answer)
    assert client.get_as_bearer("/api/v4/user", answer.json()["access_token"]).json()["username"] == "ann"


def test_the_client_may_use_http_basic(client: Client) -> None:
    application = client.application()
    values = {
        "grant_type": "authorization_code",
        "code": client.code(application),
        "redirect_uri": REDIRECT_URI,
    }
    auth = (application.client_id, application.client_secret)
    assert issued(client.http.post(f"{client.gitlab.url}/oauth/token", data=values, auth=auth, timeout=5))


def test_the_parameters_may_come_as_json_or_in_the_query(client: Client) -> None:
    application = client.application()
    url = f"{client.gitlab.url}/oauth/token"

    def values() -> dict[str, str]:
        return {
            "grant_type": "authorization_code",
            "code": client.code(application),
            "redirect_uri": REDIRECT_URI,
            "client_id": application.client_id,
            "client_secret": application.client_secret,
        }

    assert issued(client.http.post(url, json=values(), timeout=5))
    assert issued(client.http.post(url, params=values(), timeout=5))


def test_without_a_scope_the_grant_is_for_api(client: Client) -> None:
    application = client.application()
    assert issued(client.exchange(application, client.code(application, scope=None)), "api")


def test_a_code_works_once_and_its_reuse_harms_nothing(client: Client) -> None:
    application = client.application()
    code = client.code(application)
    access_token = client.exchange(application, code).json()["access_token"]
    assert invalid_grant(client.exchange(application, code))
    assert client.get_as_bearer("/api/v4/user", access_token).status_code == 200


def test_failed_exchanges_leave_the_code_good(client: Client) -> None:
    application, other = client.application(), client.application()
    code = client.code(application)
    assert invalid_client(client.exchange(application, code, client_secret="wrong"))
    assert invalid_client(client.exchange(application, code, client_secret=None))
    assert invalid_client(client.exchange(application, code, client_id="unknown"))
    assert invalid_grant(client.exchange(application, code, redirect_uri="http://localhost:8000/elsewhere"))
    assert invalid_grant(client.exchange(other, code))
    assert missing(client.exchange(application, code, redirect_uri=None), "redirect_uri")
    assert issued(client.exchange(application, code))


def test_a_wrong_code_is_an_invalid_grant(client: Client) -> None:
    assert invalid_grant(client.exchange(client.application(), "wrong"))


def test_a_missing_redirect_uri_is_answered_with_vary(client: Client) -> None:
    application = client.application()
    answer = client.exchange(application, client.code(application), redirect_uri=None)
    assert answer.headers["Vary"] == "Accept"


def test_a_missing_code_is_answered_without_vary(client: Client) -> None:
    answer = client.exchange(client.application(), "")
    assert missing(answer, "code")
    assert "Vary" not in answer.headers


def test_a_missing_grant_type_is_an_invalid_request(client: Client) -> None:
    answer = client.token(code="any")
    assert missing(answer, "grant_type")
    assert "Vary" not in answer.headers


def test_an_unknown_grant_type_is_unsupported(client: Client) -> None:
    answer = client.token(grant_type="telepathy")
    assert refused(
        answer,
        400,
        "unsupported_grant_type",
        "The authorization grant type is not supported by the authorization server.",
    )
    assert "Vary" not in answer.headers


def test_a_code_dies_after_ten_minutes(client: Client) -> None:
    application = client.application()
    code = client.code(application)
    client.gitlab.travel(601)
    assert invalid_grant(client.exchange(application, code))


def test_a_renewed_secret_ends_the_old_one(client: Client) -> None:
    application = client.application()
    code, old = client.code(application), application.client_secret
    application.renew_secret()
    assert invalid_client(client.exchange(application, code, client_secret=old))
    assert issued(client.exchange(application, code))


def test_scripts_of_other_sites_may_read_the_answer(client: Client) -> None:
    answer = client.http.post(
        f"{client.gitlab.url}/oauth/token", headers={"Origin": "https://example.com"}, timeout=5
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
