import pytest
import requests

from tests.sandbox.client import REVOKED, Client, credentials, invalid_grant, invalid_token


def revoked(answer: requests.Response) -> bool:
    assert answer.status_code == 200
    assert answer.text == "{}"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "max-age=0, private, must-revalidate"
    assert answer.headers["Vary"] == "Accept"
    return True


def test_revoking_the_access_token_ends_the_pair(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application)
    own = credentials(application, {})
    assert revoked(client.post("/oauth/revoke", token=pair.access_token, **own))
    assert invalid_token(client.get_as_bearer("/api/v4/user", pair.access_token), REVOKED)
    assert invalid_grant(client.refresh(application, pair.refresh_token))
    assert client.get_as_bearer("/oauth/token/info", pair.access_token).status_code == 400
    assert revoked(client.post("/oauth/revoke", token=pair.access_token, **own))


def test_revoking_the_refresh_token_ends_the_pair(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application)
    hint = {"token_type_hint": "refresh_token"}
    assert revoked(client.post("/oauth/revoke", token=pair.refresh_token, **hint, **credentials(application, {})))
    assert client.get_as_bearer("/oauth/token/info", pair.access_token).status_code == 400


def test_an_unknown_token_is_answered_like_a_success(client: Client) -> None:
    assert revoked(client.post("/oauth/revoke", token="unknown", **credentials(client.application(), {})))
    assert revoked(client.post("/oauth/revoke", token="unknown"))


def test_the_refresh_token_of_an_expired_access_token_can_be_revoked(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application)
    client.gitlab.travel(7201)
    own = credentials(application, {})
    assert revoked(client.post("/oauth/revoke", token=pair.access_token, **own))
    assert not pair.revoked
    assert revoked(client.post("/oauth/revoke", token=pair.refresh_token, **own))
    assert pair.revoked


@pytest.mark.parametrize("who", ["wrong secret", "nobody", "another application"])
def test_only_its_own_application_may_revoke_a_token(client: Client, who: str) -> None:
    application = client.application()
    pair = client.gitlab.grant(application)
    sent = {
        "wrong secret": credentials(application, {"client_secret": "wrong"}),
        "nobody": {},
        "another application": credentials(client.application(), {}),
    }[who]
    answer = client.post("/oauth/revoke", token=pair.access_token, **sent)
    assert answer.status_code == 403
    assert answer.text == (
        '{"error":"unauthorized_client","error_description":"You are not authorized to revoke this token"}'
    )
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Vary"] == "Accept"
    assert "WWW-Authenticate" not in answer.headers
    assert client.get_as_bearer("/api/v4/user", pair.access_token).status_code == 200


def test_a_revocation_at_gitlab_is_seen_by_the_next_call(client: Client) -> None:
    pair = client.gitlab.grant(client.application())
    client.gitlab.revoke(pair.access_token)
    assert invalid_token(client.get_as_bearer("/api/v4/user", pair.access_token), REVOKED)
