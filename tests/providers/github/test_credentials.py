"""Where a GitHub is follows from its host, and where its API is from its web address alone."""

import pytest

from connections.providers.errors import AddressRefused
from connections.providers.github.credentials import api_url, credentials_at, is_host, server_url, web_url


def test_a_host_has_a_web_address() -> None:
    assert web_url("git.example.com:8443") == "https://git.example.com:8443"


@pytest.mark.parametrize(
    ("credentials", "url"),
    [
        ({}, "https://github.com"),
        ({"host": None}, "https://github.com"),
        ({"host": ""}, "https://github.com"),
        ({"host": "  "}, "https://github.com"),
        ({"instanceType": "cloud"}, "https://github.com"),
        ({"instanceType": "server"}, "https://github.com"),
        ({"instanceType": "cloud", "host": "acme.ghe.com"}, "https://acme.ghe.com"),
        ({"instanceType": "server", "host": " git.example.com:8443\n"}, "https://git.example.com:8443"),
        ({"host": "git.example.com/"}, "https://git.example.com"),
    ],
)
def test_the_server_is_the_host_that_is_named(credentials: dict[str, str | None], url: str) -> None:
    assert server_url(credentials) == url


def test_without_a_host_the_server_is_the_default() -> None:
    assert server_url({}, "https://git.example.com/") == "https://git.example.com"
    assert server_url({"instanceType": "cloud"}, "https://git.example.com") == "https://github.com"
    assert server_url({"host": "github.com"}, "https://git.example.com") == "https://github.com"


@pytest.mark.parametrize(
    ("url", "credentials"),
    [
        ("https://github.com", {}),
        ("https://GitHub.com./", {}),
        ("https://github.com:443", {}),
        ("https://acme.ghe.com", {"instanceType": "cloud", "host": "acme.ghe.com"}),
        ("https://Acme.GHE.com.", {"instanceType": "cloud", "host": "acme.ghe.com"}),
        ("https://git.example.com", {"instanceType": "server", "host": "git.example.com"}),
        ("https://git.example.com:8443", {"instanceType": "server", "host": "git.example.com:8443"}),
        ("https://github.com:8443", {"instanceType": "server", "host": "github.com:8443"}),
        ("https://github.com.example.com", {"instanceType": "server", "host": "github.com.example.com"}),
        ("https://ghe.com", {"instanceType": "server", "host": "ghe.com"}),
        ("https://acme.ghe.com.evil.example", {"instanceType": "server", "host": "acme.ghe.com.evil.example"}),
        ("https://evilghe.com", {"instanceType": "server", "host": "evilghe.com"}),
        ("http://127.0.0.1:8080", {"instanceType": "server", "host": "127.0.0.1:8080"}),
    ],
)
def test_credentials_name_the_server_at_an_address(url: str, credentials: dict[str, str]) -> None:
    assert credentials_at(url) == credentials


@pytest.mark.parametrize("url", ["https://github.com", "https://acme.ghe.com", "https://git.example.com:8443"])
def test_what_credentials_name_is_found_again(url: str) -> None:
    assert server_url(credentials_at(url)) == url
    assert server_url(credentials_at(url), "https://github.com") == url


@pytest.mark.parametrize(
    "host",
    [
        "github.com",
        "GitHub.com",
        "github.com.",
        "git",
        "git-1.example.com",
        "10.1.2.3",
        "git.example.com:1",
        "git.example.com:443",
        "git.example.com:65535",
        "xn--bcher-kva.example",
        "a" * 63 + ".example.com",
        ".".join(["a" * 49] * 5) + ".com",
        ".".join(["a" * 49] * 5) + ".com:65535",
    ],
)
def test_a_host(host: str) -> None:
    assert is_host(host)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        ":443",
        "https://github.com",
        "//github.com",
        "github.com/",
        "github.com/acme",
        "github.com?a",
        "github.com#a",
        "user@github.com",
        "user:pass@github.com",
        "github.com\n",
        " github.com",
        "git hub.com",
        "github.com\\evil.example",
        "github..com",
        ".github.com",
        "github.com..",
        "-git.example.com",
        "git-.example.com",
        "git_hub.com",
        "g\u0131thub.com",
        "\u212aelvin.example",
        "b\u00fccher.example",
        "git.example.com:",
        "git.example.com:0",
        "git.example.com:00443",
        "git.example.com:65536",
        "git.example.com:\u0661",
        "git.example.com:https",
        "git.example.com:443:443",
        "[::1]",
        "::1",
        "%67ithub.com",
        "a" * 64 + ".example.com",
        ".".join(["a" * 50] * 5),
        "a." * 1_000_000 + "com",
    ],
    ids=lambda text: repr(text[:40]),
)
def test_no_host(text: str) -> None:
    assert not is_host(text)


@pytest.mark.parametrize(
    ("web", "api"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://GITHUB.com./", "https://api.github.com"),
        ("https://github.com:443", "https://api.github.com"),
        ("https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("https://ACME.ghe.com.", "https://api.acme.ghe.com"),
        ("https://git.example.com", "https://git.example.com/api/v3"),
        ("https://git.example.com/", "https://git.example.com/api/v3"),
        ("https://git.example.com:8443", "https://git.example.com:8443/api/v3"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v3"),
        ("https://ghe.com", "https://ghe.com/api/v3"),
        ("https://a.b.ghe.com", "https://a.b.ghe.com/api/v3"),
        ("https://acme.ghe.com:8443", "https://acme.ghe.com:8443/api/v3"),
        ("https://github.com.evil.example", "https://github.com.evil.example/api/v3"),
        ("https://acme.ghe.com.evil.example", "https://acme.ghe.com.evil.example/api/v3"),
        ("https://notgithub.com", "https://notgithub.com/api/v3"),
    ],
)
def test_the_api_follows_from_the_web_address(web: str, api: str) -> None:
    assert api_url(web) == api


@pytest.mark.parametrize("url", ["", "github.com", "https://", "https://user@github.com", "https://github.com?a"])
def test_what_is_no_web_address_has_no_api(url: str) -> None:
    with pytest.raises(AddressRefused):
        api_url(url)
    with pytest.raises(AddressRefused):
        credentials_at(url)
