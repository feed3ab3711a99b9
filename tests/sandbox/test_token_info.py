from tests.sandbox.client import INVALID_REQUEST, Client, credentials, refused

FRESH = "max-age=0, private, must-revalidate"


def test_a_live_token_is_described(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application, scopes=("api", "read_repository"))
    answer = client.get_as_bearer("/oauth/token/info", pair.access_token)
    assert answer.status_code == 200
    left = answer.json()["expires_in"]
    assert 7190 <= left <= 7200
    assert answer.text == (
        f'{{"resource_owner_id":{client.gitlab.user("ann").id},"scope":["api","read_repository"],'
        f'"expires_in":{left},"application":{{"uid":"{application.client_id}"}},'
        f'"created_at":{pair.created_at},"scopes":["api","read_repository"],"expires_in_seconds":{left}}}'
    )
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == FRESH
    assert "Accept" in answer.headers["Vary"]


def test_garbage_an_expired_token_and_none_are_invalid_requests(client: Client) -> None:
    pair = client.gitlab.grant(client.application())
    client.gitlab.travel(7201)
    for answer in (
        client.get_as_bearer("/oauth/token/info", "garbage"),
        client.get_as_bearer("/oauth/token/info", pair.access_token),
        client.get("/oauth/token/info"),
    ):
        assert refused(answer, 400, "invalid_request", INVALID_REQUEST)
        assert answer.headers["Vary"] == "Accept"


def test_an_application_can_introspect_its_own_live_token(client: Client) -> None:
    application = client.application()
    pair = client.gitlab.grant(application, scopes=("api", "read_repository"))
    answer = client.post("/oauth/introspect", token=pair.access_token, **credentials(application, {}))
    assert answer.text == (
        f'{{"active":true,"scope":"api read_repository","client_id":"{application.client_id}",'
        f'"token_type":"Bearer","exp":{pair.created_at + 7200},"iat":{pair.created_at}}}'
    )
    assert answer.headers["Cache-Control"] == FRESH


def test_garbage_is_not_active(client: Client) -> None:
    answer = client.post("/oauth/introspect", token="garbage", **credentials(client.application(), {}))
    assert answer.text == '{"active":false}'


def test_introspection_needs_client_credentials(client: Client) -> None:
    pair = client.gitlab.grant(client.application())
    assert client.post("/oauth/introspect", token=pair.access_token).status_code == 401
