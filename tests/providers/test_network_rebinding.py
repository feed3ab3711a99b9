"""The address that was judged is the address that is connected to."""

import socket
import threading
from dataclasses import replace
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.providers import http
from connections.providers.errors import AddressRefused, NameNotResolved, ProviderError
from connections.providers.network import Network
from tests.providers.hostile import LOOPBACK, hostile, says

PUBLIC = "8.8.8.8"


class Names:
    """A resolver: each lookup of any name takes the next list of addresses, the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]


def resolves(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> Names:
    names = Names(*answers)
    monkeypatch.setattr(socket, "getaddrinfo", names)
    return names


def refusal(network: Network, url: str) -> ProviderError:
    with http.session(network) as calls, pytest.raises(ProviderError) as caught:
        calls.get(url)
    return caught.value


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"], ["fe80::1%lo"], ["::"]],
)
def test_a_name_of_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    resolves(monkeypatch, addresses)
    error = refusal(Network(), "https://innocent.example")
    assert isinstance(error, AddressRefused)
    assert error.message == "Local IPs not allowed as URL"


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for addresses in ([PUBLIC, "10.0.0.1"], ["10.0.0.1", PUBLIC]):
        resolves(monkeypatch, addresses)
        assert isinstance(refusal(Network(), "https://innocent.example"), AddressRefused)


def test_a_name_is_looked_up_once_so_that_a_second_answer_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    network = replace(LOOPBACK, allow_internal=False, allowed_hosts=("127.0.0.1",))
    names = resolves(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    with hostile(says(b"{}")) as server, http.session(network) as calls:
        assert calls.get(f"http://innocent.example:{server.port}").status == 200
    assert names.asked == ["innocent.example"]
    assert b"\r\nHost: innocent.example:" in server.requests[0]


def test_every_new_connection_is_judged_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    network = replace(LOOPBACK, allow_internal=False, allowed_hosts=("127.0.0.1",))
    resolves(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    with hostile(says(b"{}", "Connection: close")) as server, http.session(network) as calls:
        url = f"http://innocent.example:{server.port}"
        assert calls.get(url).status == 200
        with pytest.raises(AddressRefused):
            calls.get(url)
    assert len(server.requests) == 1


def test_plain_http_to_a_name_of_a_public_address_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, [PUBLIC])
    error = refusal(LOOPBACK, "http://innocent.example")
    assert error.message.startswith("http would send credentials to innocent.example in clear text.")


def test_a_named_host_may_have_a_private_address(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, ["127.0.0.1"])
    with hostile(says(b"{}")) as server, http.session(Network(allowed_hosts=("gitlab.corp",))) as calls:
        assert calls.get(f"http://GitLab.Corp.:{server.port}").status == 200


def test_the_next_address_is_tried_when_one_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    with hostile(says(b"{}")) as server, http.session(LOOPBACK) as calls:
        assert calls.get(f"http://gitlab.corp:{server.port}").status == 200


def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    error = refusal(Network(), "https://nowhere.example")
    assert isinstance(error, NameNotResolved)
    assert error.message == "Could not resolve hostname to any IP address"
    resolves(monkeypatch, [])
    assert refusal(Network(), "https://nowhere.example").message == error.message


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example", "." + "a" * 300])
def test_a_name_that_cannot_be_looked_up(host: str) -> None:
    assert isinstance(refusal(Network(), f"https://{host}"), ProviderError)


def test_a_lookup_is_bounded_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(30) and [])
    error = refusal(Network(connect_timeout=0.1), "https://slow.example")
    over.set()
    assert isinstance(error, NameNotResolved)
    assert error.message == "The name servers did not answer for slow.example within 0.1 s. Check DNS."


def test_any_session_of_requests_can_be_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile(says(b"{}")) as server, requests.Session() as session:
        http.guard(session, Network())
        with pytest.raises(AddressRefused):
            session.get(server.url, verify=False, proxies={"http": server.url}, timeout=1)
        with pytest.raises(requests.exceptions.InvalidSchema):
            session.get("ftp://127.0.0.1")
        http.guard(session, LOOPBACK)
        assert session.get(server.url, stream=True).json() == {}
    assert len(server.requests) == 1


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=30), st.lists(st.ip_addresses(), max_size=3))
def test_a_hostile_name_never_raises_anything_else(host: str, addresses: list[Any]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        resolves(monkeypatch, [*map(str, addresses), "127.0.0.1"])
        assert isinstance(refusal(Network(), f"https://{host}"), ProviderError)
