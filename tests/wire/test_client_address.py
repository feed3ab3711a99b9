"""Whose address counts as the client's behind proxies."""

from ipaddress import ip_network

import pytest

from wire.origin import client_address

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "not an address", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, junk, 10.0.0.2", "10.0.0.2"),
        ("::1", "2001:db8::7", "2001:db8::7"),
    ],
    ids=[
        "without a proxy it is the peer",
        "an untrusted peer cannot name another address",
        "a trusted proxy names the client",
        "what the client itself wrote in front does not count",
        "a chain of trusted proxies is followed",
        "nonsense ends the chain",
        "nonsense in the middle ends the chain",
        "IPv6 works too",
    ],
)
def test_the_address_of_the_client(peer: str, forwarded: str, expected: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == expected


def test_without_trusted_proxies_the_header_is_ignored() -> None:
    assert client_address("10.0.0.1", "198.51.100.1", ()) == "10.0.0.1"
