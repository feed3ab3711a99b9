"""What a URL must look like, and that no URL, however made, leads to a private address."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connections.providers.addresses import is_public, literal
from connections.providers.errors import AddressRefused, ProviderError
from connections.providers.network import Network
from connections.providers.urls import check_url

CLOSED = Network()
INTERNAL = Network(allow_internal=True)
NAMED = Network(allowed_hosts=("gitlab.corp", "localhost", "host.docker.internal", "10.0.0.0/8"))

LOCAL = "Local IPs not allowed as URL"
CREDENTIALS = "URLs with user credentials (e.g., user:pass@) are not allowed"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://gitlab.com", "https://gitlab.com"),
        ("HTTPS://GitLab.COM.:443/x?private_token=secret", "https://gitlab.com"),
        ("https://gitlab.example.com:8443/git/", "https://gitlab.example.com:8443"),
        ("https://[2606:4700::1111]:8443", "https://[2606:4700::1111]:8443"),
        ("https://gitl\u00e4b.example", "https://xn--gitlb-jra.example"),
        ("https://8.8.8.8", "https://8.8.8.8"),
    ],
)
def test_ordinary_urls_pass(url: str, origin: str) -> None:
    target = check_url(CLOSED, url)
    assert target.origin == origin
    assert "secret" not in target.shown


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://user:secret@gitlab.com", CREDENTIALS),
        ("https://secret@gitlab.com", CREDENTIALS),
        ("https://@gitlab.com", CREDENTIALS),
        ("https://gitlab.com#secret", "The URL must not have a fragment (#)."),
        ("https://gitlab.com/#", "The URL must not have a fragment (#)."),
        ("ftp://gitlab.com", "The URL must start with https://."),
        ("file:///etc/passwd", "The URL must start with https://."),
        ("gitlab.com", "The URL must start with https://."),
        ("//gitlab.com", "The URL must start with https://."),
        ("", "The URL must start with https://."),
        ("https://", "The URL names no host."),
        ("https:///path", "The URL names no host."),
        ("https://:443", "The URL names no host."),
        ("https://.", "The URL names no host."),
        ("https://gitlab.com:0", "The URL has port 0, which cannot be called."),
        ("https://gitlab.com:65536", "The URL is not valid. It must read like https://gitlab.example.com."),
        ("https://gitlab.com:https", "The URL is not valid. It must read like https://gitlab.example.com."),
        ("https://[::1", "The URL is not valid. It must read like https://gitlab.example.com."),
        ("https://[v1.x]/", "The host name of the URL is not valid."),
        ("https://gitlab%2ecom", "The host name of the URL is not valid."),
        ("https://\u00ad\u00e4\u00ad-.\u2603\ufe0f-", "The host name of the URL is not valid."),
        ("https://gitlab.com\\@127.0.0.1", "The URL holds blanks, control characters or backslashes."),
        (" https://gitlab.com", "The URL holds blanks, control characters or backslashes."),
        ("https://gitlab.com/\r\nX: y", "The URL holds blanks, control characters or backslashes."),
        ("https://localhost", LOCAL),
        ("https://LOCALHOST.", LOCAL),
        ("https://gitlab.localhost", LOCAL),
        ("https://host.docker.internal", LOCAL),
    ],
)
def test_other_urls_are_refused(url: str, message: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        check_url(CLOSED, url)
    assert caught.value.message == message
    assert not caught.value.retryable


def test_localhost_is_opened_by_the_switch_or_by_name() -> None:
    assert check_url(INTERNAL, "http://localhost:8080").host == "localhost"
    assert check_url(NAMED, "http://localhost:8080").host == "localhost"


def test_the_docker_host_is_opened_by_name_only() -> None:
    with pytest.raises(AddressRefused, match=LOCAL):
        check_url(INTERNAL, "https://host.docker.internal")
    assert check_url(NAMED, "https://host.docker.internal").host == "host.docker.internal"


@pytest.mark.parametrize("host", ["gitlab.com", "8.8.8.8"])
def test_plain_http_is_refused_for_hosts_that_the_operator_did_not_open(host: str) -> None:
    with pytest.raises(AddressRefused, match=f"^http would send credentials to {re.escape(host)} in clear text"):
        check_url(CLOSED, f"http://{host}/")


@pytest.mark.parametrize(
    ("network", "url"),
    [(NAMED, "http://gitlab.corp"), (NAMED, "http://10.1.2.3:8080"), (INTERNAL, "http://192.168.0.1")],
)
def test_plain_http_is_allowed_for_hosts_that_the_operator_opened(network: Network, url: str) -> None:
    assert check_url(network, url).scheme == "http"


def test_the_switch_does_not_open_public_addresses_for_plain_http() -> None:
    with pytest.raises(AddressRefused, match=r"^http would send"):
        check_url(INTERNAL, "http://8.8.8.8")


def test_a_very_long_url_is_shown_in_part() -> None:
    assert len(check_url(CLOSED, "https://gitlab.com/" + "a" * 5000).shown) < 250


SCHEMES = st.sampled_from(
    ["https://", "http://", "HTTPS://", "https:/", "https:", "//", "\thttps://", "ftp://", ""]
)
HOSTS = st.one_of(
    st.ip_addresses().map(lambda address: f"[{address}]" if address.version == 6 else str(address)),
    st.integers(0, 2**32).map(str),
    st.integers(0, 2**32).map(hex),
    st.lists(st.integers(0, 300).map(lambda n: f"0{n:o}"), min_size=1, max_size=5).map(".".join),
    st.sampled_from(
        ["localhost", "127.1", "[::1%25lo]", "[::ffff:127.0.0.1]", "gitlab.com@127.0.0.1", "127.0.0.1%2f"]
    ),
    st.text(max_size=20),
    st.from_regex(r"\A[0-9a-fx.:\[\]%]{1,20}\Z"),
)
ENDS = st.one_of(
    st.just(""), st.sampled_from([".", ":443", ":0", ":", "/", "\\", "?@", "#@127.0.0.1"]), st.text(max_size=9)
)


@settings(deadline=None)  # a busy machine is no failure
@given(st.one_of(st.text(), st.builds(lambda *parts: "".join(parts), SCHEMES, HOSTS, ENDS)))
@example("https://[fe80::1%25eth0]/")
@example("https://\ud800/")
@example("https://a\u2100b/")
def test_a_hostile_url_is_refused_or_leads_to_a_name_or_a_public_address(url: str) -> None:
    try:
        target = check_url(CLOSED, url)
    except ProviderError:
        return
    address = literal(target.host)
    assert target.scheme == "https"
    assert address is None or is_public(address)
