from sandbox.github.applications import App
from tests.sandbox.github.client import Client


def works(client: Client, token: str) -> bool:
    return client.get("/user", token).status_code == 200


def test_a_refresh_gives_a_pair_and_kills_the_old_one(client: Client) -> None:
    app = client.app()
    old = client.github.grant(app)
    new = client.refresh(app, old.refresh_token)
    assert new["expires_in"] == 28800
    assert works(client, new["access_token"])
    assert not works(client, old.access_token)
    assert client.refresh(app, old.refresh_token)["error"] == "bad_refresh_token"
    assert "access_token" in client.refresh(app, new["refresh_token"])


def test_a_refresh_token_outlives_its_access_token_by_half_a_year(client: Client) -> None:
    app = client.app()
    early, late = client.github.grant(app), client.github.grant(app)
    client.github.travel(15_897_598)
    assert not works(client, early.access_token)
    assert "access_token" in client.refresh(app, early.refresh_token)
    client.github.travel(3)
    assert client.refresh(app, late.refresh_token)["error"] == "bad_refresh_token"


def test_others_cannot_use_it(client: Client) -> None:
    app, other = client.app(), client.app("Other")
    pair = client.github.grant(app)
    assert client.refresh(other, pair.refresh_token)["error"] == "bad_refresh_token"
    wrong = client.refresh(app, pair.refresh_token, client_secret="guess")
    assert wrong["error"] == "incorrect_client_credentials"
    assert "access_token" in client.refresh(app, pair.refresh_token)


def test_an_answer_can_be_lost(client: Client) -> None:
    app: App = client.app()
    pair = client.github.grant(app)
    client.github.misbehave("status", "/login/oauth", times=1, handled=True)
    values = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "grant_type": "refresh_token",
        "refresh_token": pair.refresh_token,
    }
    assert client.post("/login/oauth/access_token", values).status_code == 502
    assert client.refresh(app, pair.refresh_token)["error"] == "bad_refresh_token"


def test_a_revoked_pair_cannot_be_refreshed(client: Client) -> None:
    app = client.app()
    pair = client.github.grant(app)
    client.github.revoke(pair.refresh_token)
    assert not works(client, pair.access_token)
    assert client.refresh(app, pair.refresh_token)["error"] == "bad_refresh_token"


def test_a_renewed_secret_replaces_the_old_one(client: Client) -> None:
    app = client.app()
    pair, old = client.github.grant(app), app.client_secret
    app.renew_secret()
    told = client.refresh(app, pair.refresh_token, client_secret=old)
    assert told["error"] == "incorrect_client_credentials"
    assert "access_token" in client.refresh(app, pair.refresh_token)
