from typing import Any

import pytest
import requests

from sandbox.github.applications import OAuthApplication
from tests.sandbox.github.client import Client, query, refused


@pytest.fixture(params=["oauth", "app"])
def application(client: Client, request: pytest.FixtureRequest) -> OAuthApplication:
    return client.oauth_application() if request.param == "oauth" else client.app()


def delete(client: Client, application: OAuthApplication, what: str, **changed: Any) -> requests.Response:
    auth = changed.pop("auth", (application.client_id, application.client_secret))
    url = f"{client.github.url}/api/v3/applications/{application.client_id}/{what}"
    return client.http.delete(url, json=changed, auth=auth, timeout=5)


def works(client: Client, token: str) -> bool:
    return client.get("/user", token).status_code == 200


def test_one_token_can_be_deleted(client: Client, application: OAuthApplication) -> None:
    gone, kept = client.github.grant(application), client.github.grant(application)
    answer = delete(client, application, "token", access_token=gone.access_token)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not works(client, gone.access_token)
    assert works(client, kept.access_token)
    assert refused(delete(client, application, "token", access_token=gone.access_token), 404, "Not Found")


def test_a_whole_authorization_can_be_deleted(client: Client, application: OAuthApplication) -> None:
    gone = [client.github.grant(application) for _ in range(2)]
    kept = client.github.grant(application, "bob")
    assert delete(client, application, "grant", access_token=gone[0].access_token).status_code == 204
    assert not any(works(client, token.access_token) for token in gone)
    assert works(client, kept.access_token)
    client.sign_in("ann")
    assert "Authorize" in client.page(client.authorize_url(application)).text


@pytest.mark.parametrize("what", ["token", "grant"])
def test_only_the_application_itself_may(client: Client, application: OAuthApplication, what: str) -> None:
    token, other = client.github.grant(application), client.oauth_application()
    for auth in ((application.client_id, "guess"), (other.client_id, other.client_secret), None):
        answer = delete(client, application, what, access_token=token.access_token, auth=auth)
        assert refused(answer, 401, "Bad credentials")
    assert refused(delete(client, other, what, access_token=token.access_token), 404, "Not Found")
    assert works(client, token.access_token)


@pytest.mark.parametrize("what", ["token", "grant"])
def test_a_token_has_to_be_named(client: Client, application: OAuthApplication, what: str) -> None:
    assert refused(delete(client, application, what), 422, "Validation Failed")
    personal = client.github.personal_token().value
    assert refused(delete(client, application, what, access_token=personal), 404, "Not Found")
    assert works(client, personal)


def test_consent_is_remembered_until_then(client: Client, application: OAuthApplication) -> None:
    client.github.grant(application, scopes=("repo", "admin:org"))
    client.sign_in("ann")
    answer = client.http.get(client.authorize_url(application), allow_redirects=False, timeout=5)
    assert "code" in query(answer.headers["Location"])
