import gzip
import json

import pytest

from tests.sandbox.github.client import Client, refused


@pytest.mark.parametrize("path", ["/user", "/nowhere", "/user/repos"])
def test_every_answer_of_the_api_says_what_served_it(client: Client, path: str) -> None:
    headers = client.get(path, client.github.personal_token().value).headers
    assert headers["server"] == "GitHub.com"
    assert headers["x-github-request-id"].count(":") == 4
    assert headers["x-github-media-type"] == "github.v3; format=json"
    assert headers["x-github-enterprise-version"].startswith("3.")
    assert headers["content-type"] == "application/json; charset=utf-8"


def test_requests_are_counted_by_token(client: Client) -> None:
    token, other = client.github.personal_token().value, client.github.personal_token("bob").value
    counted = [client.get("/user", value).headers for value in (token, token, other)]
    assert [headers["x-ratelimit-used"] for headers in counted] == ["1", "2", "1"]
    assert [headers["x-ratelimit-remaining"] for headers in counted] == ["4999", "4998", "4999"]
    assert counted[0]["x-ratelimit-limit"] == "5000"
    assert counted[0]["x-ratelimit-resource"] == "core"
    assert int(counted[0]["x-ratelimit-reset"]) == pytest.approx(client.github.clock.now() + 3600, abs=5)


def test_the_count_starts_again_after_an_hour(client: Client) -> None:
    token = client.github.personal_token().value
    client.get("/user", token)
    client.github.travel(3601)
    assert client.get("/user", token).headers["x-ratelimit-used"] == "1"


def test_those_without_a_token_have_little(client: Client) -> None:
    assert client.get("/user").headers["x-ratelimit-limit"] == "60"


def test_what_there_is_not_is_not_found(client: Client) -> None:
    assert refused(client.get("/nowhere"), 404, "Not Found")
    assert client.page(f"{client.github.url}/nowhere").headers["content-type"] == "text/html; charset=utf-8"


def test_the_api_wants_to_know_the_program(client: Client) -> None:
    answer = client.http.get(f"{client.github.url}/api/v3/user", headers={"User-Agent": ""}, timeout=5)
    assert answer.status_code == 403
    assert "User-Agent" in answer.text


def test_json_is_compressed_for_those_who_take_it(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.github.personal_token().value}"}
    url = f"{client.github.url}/api/v3/user"
    with client.http.get(url, headers=headers | {"Accept-Encoding": "gzip"}, stream=True, timeout=5) as answer:
        assert json.loads(gzip.decompress(answer.raw.read()))["login"] == "ann"
    plain = client.http.get(url, headers=headers | {"Accept-Encoding": "identity"}, timeout=5)
    assert "content-encoding" not in plain.headers
    assert plain.json()["login"] == "ann"
