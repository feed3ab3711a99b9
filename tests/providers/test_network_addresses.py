"""Private addresses are refused, however they are written, unless the operator opened them."""

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.providers.addresses import Address, is_internal, is_public, literal, unwrapped
from connections.providers.errors import AddressRefused
from connections.providers.network import Network
from connections.providers.urls import check_url

CLOSED = Network()
INTERNAL = Network(allow_internal=True)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "172.65.251.78",
        "2606:4700:90:0:f22e:fbec:5bed:a9b9",
        "64:ff9b::808:808",
        "::ffff:8.8.8.8",
    ],
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))
    assert not is_internal(ip_address(address))


NEVER_PUBLIC = {
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff::1"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "link-local": ["169.254.0.1", "fe80::1", "fe80::1%eth0", "fec0::1"],
    "metadata": ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1"],
    "unspecified": [str(IPv4Address(0)), "0.1.2.3", "::"],
    "reserved": [
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "4000::1",
    ],
    "mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"],
    "compatible": ["::127.0.0.1", "::8.8.8.8"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::", "2002:808:808::"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808"],
    "Teredo": ["2001:0:4136:e378:8000:63bf:80ff:fffe", "2001::1"],
    "documentation": ["2001:db8::1", "3fff::1"],
}


@pytest.mark.parametrize("address", [address for kind in NEVER_PUBLIC.values() for address in kind])
def test_other_addresses_are_refused_in_the_contracts_words(address: str) -> None:
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    for scheme in ("https", "http"):
        with pytest.raises(AddressRefused) as caught:
            check_url(CLOSED, f"{scheme}://{host}/")
        assert caught.value.message == "Local IPs not allowed as URL"


@pytest.mark.parametrize("kind", ["private", "loopback"])
def test_the_switch_opens_private_and_loopback_addresses(kind: str) -> None:
    for address in NEVER_PUBLIC[kind]:
        assert INTERNAL.opens("gitlab.corp", ip_address(address))


@pytest.mark.parametrize(
    "kind", ["link-local", "metadata", "multicast", "unspecified", "reserved", "6to4", "Teredo"]
)
def test_the_switch_does_not_open_what_no_gitlab_has(kind: str) -> None:
    for address in NEVER_PUBLIC[kind]:
        assert not INTERNAL.opens("gitlab.corp", ip_address(address))


def test_an_address_or_a_range_opens_those_addresses_only() -> None:
    network = Network(allowed_hosts=("10.0.0.0/8", "192.168.1.7", "fd00::/8", "[::1]"))
    for address in ("10.9.8.7", "192.168.1.7", "fd12::1", "::1", "::ffff:10.0.0.1"):
        assert network.opens("gitlab.corp", ip_address(address))
    for address in ("11.0.0.1", "192.168.1.8", "fc00::1", "8.8.8.8"):
        assert not network.opens("gitlab.corp", ip_address(address))


def test_a_name_opens_whatever_it_resolves_to() -> None:
    network = Network(allowed_hosts=("GitLab.corp.",))
    assert network.opens("gitlab.corp", ip_address("10.0.0.1"))
    assert not network.opens("other.corp", ip_address("10.0.0.1"))


@pytest.mark.parametrize("spelling", ["127.1", "0x7f.1", "0x7f000001", "0177.0.0.1", "2130706433", "017700000001"])
def test_odd_spellings_are_judged_by_the_address_they_mean(spelling: str) -> None:
    assert str(literal(spelling)) == "127.0.0.1"
    for host in (spelling, f"{spelling}."):
        with pytest.raises(AddressRefused, match=r"^Local IPs not allowed as URL$"):
            check_url(CLOSED, f"https://{host}/")


@pytest.mark.parametrize("host", ["\uff11\uff12\uff17.0.0.1", "\u2460\u2461\u2466.0.0.1", "127\u30020.0.1"])
def test_digits_and_dots_of_other_scripts_are_read_as_ours(host: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(CLOSED, f"https://{host}/")


@settings(deadline=None)  # a busy machine is no failure
@given(st.ip_addresses())
def test_an_address_is_never_both_public_and_internal(address: Address) -> None:
    assert not (is_public(address) and is_internal(address))


@settings(deadline=None)  # a busy machine is no failure
@given(st.ip_addresses(v=4))
def test_wrapping_an_address_does_not_change_the_judgement(address: Address) -> None:
    mapped = ip_address(f"::ffff:{address}")
    translated = ip_address(int(ip_address("64:ff9b::")) + int(address))
    assert unwrapped(mapped) == unwrapped(translated) == address
    assert is_public(mapped) == is_public(translated) == is_public(address)


@settings(deadline=None)  # a busy machine is no failure
@given(st.ip_addresses())
def test_what_python_calls_private_is_not_public_here(address: Address) -> None:
    if unwrapped(address) == address and not address.is_global:
        assert not is_public(address)


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("10.0.0.0/33", "'10.0.0.0/33' does not appear to be an IPv4 or IPv6 network"),
        ("10.0.0.1/8", "10.0.0.1/8 has host bits set"),
        ("https://gitlab.corp", "'https://gitlab.corp' does not appear to be"),
        ("gitlab.corp:8443", "'gitlab.corp:8443' is no host name, address or CIDR range"),
        ("10.0.0", "'10.0.0' is no host name"),
        ("10.0.0.256", "'10.0.0.256' is no host name"),
        ("*.corp", "is no host name"),
        ("", "'' is no host name"),
    ],
)
def test_a_wrong_entry_names_the_setting(entry: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=r"^ALLOWED_INTERNAL_HOSTS: ") as caught:
        Network(allowed_hosts=("gitlab.corp", entry))
    assert complaint in str(caught.value)
