from tests.sandbox.client import Client, credentials, invalid_client, invalid_grant


def test_client_credentials_get_an_access_token_alone(client: Client) -> None:
    application = client.application()
    answer = client.token(grant_type="client_credentials", **credentials(application, {}))
    assert list(answer.json()) == ["access_token", "token_type", "expires_in", "scope", "created_at"]
    assert answer.json()["scope"] == "api"


def test_client_credentials_must_be_right(client: Client) -> None:
    changed = {"client_secret": "wrong"}
    answer = client.token(grant_type="client_credentials", **credentials(client.application(), dict(changed)))
    assert invalid_client(answer)


def test_a_password_gets_a_pair(client: Client) -> None:
    client.gitlab.user("ann")
    own = credentials(client.application(), {})
    answer = client.token(grant_type="password", username="ann", password="ann-password", **own)
    assert answer.json()["scope"] == "api"
    assert client.get_as_bearer("/api/v4/user", answer.json()["access_token"]).json()["username"] == "ann"


def test_a_wrong_password_is_an_invalid_grant(client: Client) -> None:
    client.gitlab.user("ann")
    own = credentials(client.application(), {})
    assert invalid_grant(client.token(grant_type="password", username="ann", password="guess", **own))
