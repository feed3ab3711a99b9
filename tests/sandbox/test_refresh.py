import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from sandbox.gitlab import Sandbox
from tests.sandbox.client import (
    EXPIRED,
    INVALID_SCOPE,
    REVOKED,
    Client,
    invalid_client,
    invalid_grant,
    invalid_token,
    missing,
    refused,
)

BOTH = ("api", "read_repository")


def test_a_refresh_answers_with_a_new_pair_and_the_same_scopes(client: Client) -> None:
    application = client.application()
    old = client.gitlab.grant(application, scopes=BOTH)
    new = client.refresh(application, old.refresh_token)
    assert new.status_code == 200
    assert list(new.json()) == [
        *("access_token", "token_type", "expires_in"),
        *("refresh_token", "scope", "created_at"),
    ]
    assert new.json()["scope"] == "api read_repository"
    assert new.json()["expires_in"] == 7200
    assert new.json()["refresh_token"] != old.refresh_token


def test_a_refresh_kills_the_old_pair_at_once(client: Client) -> None:
    application = client.application()
    old = client.gitlab.grant(application)
    client.refresh(application, old.refresh_token)
    assert invalid_token(client.get_as_bearer("/api/v4/user", old.access_token), REVOKED)
    assert invalid_grant(client.refresh(application, old.refresh_token))


def test_reusing_the_old_refresh_token_does_not_harm_the_new_pair(client: Client) -> None:
    application = client.application()
    old = client.gitlab.grant(application)
    new = client.refresh(application, old.refresh_token).json()
    client.refresh(application, old.refresh_token)
    assert client.get_as_bearer("/api/v4/user", new["access_token"]).status_code == 200
    assert client.refresh(application, new["refresh_token"]).status_code == 200


@pytest.mark.parametrize("callers", [2, 8])
def test_of_several_refreshes_at_once_exactly_one_wins(gitlab: Sandbox, callers: int) -> None:
    barrier = threading.Barrier(callers)
    with requests.Session() as http:
        application = Client(gitlab, http).application()
    pair = gitlab.grant(application)

    def refresh(_: int) -> tuple[int, str | None]:
        with requests.Session() as http:
            barrier.wait()
            answer = Client(gitlab, http).refresh(application, pair.refresh_token)
            return answer.status_code, answer.json().get("error")

    with ThreadPoolExecutor(callers) as pool:
        answers = sorted(pool.map(refresh, range(callers)), key=str)
    assert answers == [(200, None), *[(400, "invalid_grant")] * (callers - 1)]


def test_a_refresh_token_outlives_its_access_token(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application)
    client.gitlab.travel(7300)
    assert invalid_token(client.get_as_bearer("/api/v4/user", pair.access_token), EXPIRED)
    assert client.refresh(application, pair.refresh_token).status_code == 200


def test_an_unknown_refresh_token_is_an_invalid_grant(client: Client) -> None:
    assert invalid_grant(client.refresh(client.application(), "unknown"))


def test_a_missing_refresh_token_is_an_invalid_request(client: Client) -> None:
    answer = client.refresh(client.application(), "")
    assert missing(answer, "refresh_token")
    assert answer.headers["Vary"] == "Accept"


def test_a_wrong_secret_is_an_invalid_client_and_costs_nothing(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application)
    assert invalid_client(client.refresh(application, pair.refresh_token, client_secret="wrong"))
    assert client.refresh(application, pair.refresh_token).status_code == 200


def test_a_used_refresh_token_is_an_invalid_grant_even_with_a_wrong_secret(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application)
    client.refresh(application, pair.refresh_token)
    assert invalid_grant(client.refresh(application, pair.refresh_token, client_secret="wrong"))


def test_no_client_credentials_at_all_is_an_invalid_grant(client: Client) -> None:
    pair = client.gitlab.grant(client.application())
    assert invalid_grant(client.token(grant_type="refresh_token", refresh_token=pair.refresh_token))


def test_another_application_gets_an_invalid_grant(client: Client) -> None:
    pair = client.gitlab.grant(client.application())
    assert invalid_grant(client.refresh(client.application(), pair.refresh_token))


def test_a_wider_scope_is_refused(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application, scopes=("api",))
    answer = client.refresh(application, pair.refresh_token, scope="api read_repository")
    assert refused(answer, 400, "invalid_scope", INVALID_SCOPE)


def test_a_narrower_scope_is_granted(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application, scopes=BOTH)
    assert client.refresh(application, pair.refresh_token, scope="api").json()["scope"] == "api"


def test_deleting_the_application_ends_everything(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application)
    client.gitlab.delete_application(application)
    assert client.get_as_bearer("/api/v4/user", pair.access_token).text == '{"message":"401 Unauthorized"}'
    assert invalid_grant(client.refresh(application, pair.refresh_token))


def test_an_answer_that_is_lost_loses_the_grant(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application)
    client.gitlab.misbehave("close", path="/oauth/token", times=1, handled=True)
    with pytest.raises(requests.ConnectionError):
        client.refresh(application, pair.refresh_token)
    assert invalid_grant(client.refresh(application, pair.refresh_token))
