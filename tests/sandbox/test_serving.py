import socket
from pathlib import Path

import pytest
import requests

from sandbox.gitlab import Sandbox
from tests.sandbox.client import Client


def test_every_request_is_recorded_as_it_came(client: Client) -> None:
    client.http.post(
        f"{client.gitlab.url}/oauth/token?a=1",
        data={"grant_type": "telepathy"},
        headers={"Authorization": "Bearer s3cret"},
        timeout=5,
    )
    recorded = client.gitlab.requests[-1]
    assert (recorded.method, recorded.path, recorded.query) == ("POST", "/oauth/token", {"a": "1"})
    assert recorded.headers["authorization"] == "Bearer s3cret"
    assert recorded.body == b"grant_type=telepathy"
    assert recorded.form == {"grant_type": "telepathy"}
    assert recorded.status == 400
    client.gitlab.clear_requests()
    assert client.gitlab.requests == []


def test_the_path_is_recorded_undecoded(client: Client) -> None:
    client.get("/api/v4/projects/platform%2Fapi")
    assert client.gitlab.requests[-1].path == "/api/v4/projects/platform%2Fapi"


def test_below_a_relative_url_root(http: requests.Session) -> None:
    with Sandbox(relative_url_root="/gitlab") as gitlab:
        client = Client(gitlab, http)
        token = gitlab.personal_token(user="ann").value
        assert gitlab.url.endswith("/gitlab")
        user = client.get("/api/v4/user", token).json()
        assert user["web_url"] == f"{gitlab.url}/ann"
        gitlab.misbehave("status", path="/api/v4/user", times=1)
        assert client.get("/api/v4/user", token).status_code == 502
        outside = http.get(gitlab.url.removesuffix("/gitlab") + "/api/v4/user", timeout=5)
        assert outside.status_code == 404
        assert "nginx" in outside.text
        authorize = http.get(client.authorize_url(client.application()), allow_redirects=False, timeout=5)
        assert authorize.headers["Location"] == f"{gitlab.url}/users/sign_in"
        application = client.application()
        assert client.exchange(application, client.code(application)).status_code == 200


def test_tls_with_a_private_authority(http: requests.Session, tmp_path: Path) -> None:
    with Sandbox(tls=True) as gitlab:
        assert gitlab.url.startswith("https://127.0.0.1:")
        assert gitlab.ca_pem
        authority = tmp_path / "ca.pem"
        authority.write_bytes(gitlab.ca_pem)
        for host in ("127.0.0.1", "localhost"):
            url = gitlab.url.replace("127.0.0.1", host) + "/api/v4/user"
            assert http.get(url, verify=str(authority), timeout=5).status_code == 401
        with pytest.raises(requests.exceptions.SSLError):
            http.get(gitlab.url, timeout=5)


def test_a_certificate_can_be_for_another_host(http: requests.Session, tmp_path: Path) -> None:
    with Sandbox(tls=True, hostnames=("gitlab.example.com",)) as gitlab:
        authority = tmp_path / "ca.pem"
        authority.write_bytes(gitlab.ca_pem)
        with pytest.raises(requests.exceptions.SSLError, match=r"doesn't match|not valid for"):
            http.get(gitlab.url, verify=str(authority), timeout=5)


def test_misbehaviour_works_over_tls(http: requests.Session, tmp_path: Path) -> None:
    with Sandbox(tls=True) as gitlab:
        authority = tmp_path / "ca.pem"
        authority.write_bytes(gitlab.ca_pem)
        gitlab.misbehave("close", part="body", times=1)
        with pytest.raises(requests.RequestException):
            http.get(gitlab.url, verify=str(authority), timeout=5)


def test_a_client_that_stays_silent_does_not_stop_the_others(http: requests.Session, tmp_path: Path) -> None:
    with Sandbox(tls=True) as gitlab, socket.create_connection(("127.0.0.1", gitlab.port)):
        authority = tmp_path / "ca.pem"
        authority.write_bytes(gitlab.ca_pem)
        assert http.get(f"{gitlab.url}/api/v4/user", verify=str(authority), timeout=5).status_code == 401


def test_a_stopped_sandbox_takes_no_connections(http: requests.Session) -> None:
    with Sandbox() as gitlab:
        pass
    with pytest.raises(requests.ConnectionError):
        http.get(gitlab.url, timeout=5)


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no GitLab '8\.0'"):
        Sandbox(version="8.0")
