"""A web address is kept as it is written, and refused in the field's words if it is none."""

import pytest

from tests.wire.fields import faults, read
from wire.fields import WebAddress


@pytest.mark.parametrize(
    "url",
    [
        "https://gitlab.example.com",
        "http://127.0.0.1:8080/gitlab/",
        "https://[2001:db8::1]:443",
        "HTTPS://GitLab.Example.com",
        "https://user@gitlab.example.com",
        "https://пример.рф",
    ],
)
def test_a_web_address_is_kept_as_it_is_written(url: str) -> None:
    assert read(WebAddress(invalid="Invalid URL"), f" {url} ") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gitlab.example.com",
        "//gitlab.example.com",
        "ftp://gitlab.example.com",
        "javascript://gitlab.example.com/%0aalert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://:443",
        "https://a:0",
        "https://a:65536",
        "https://a:port",
        "https://a:-1",
        "https://[::1",
        "https://[nonsense]",
        "https://a b",
        "https://a\tb",
        "https://a\nb",
        "https://a\u2028b",
        "https://a\x00b",
        "https://\ud800",
        "https://a\u202eb",
        "https://a\u200bb",
    ],
    ids=ascii,
)
def test_what_is_no_web_address_is_refused_in_the_fields_words(url: str) -> None:
    assert faults(WebAddress(invalid="Invalid URL"), url) == [("invalid_string", ["field"], "Invalid URL")]


def test_a_web_address_has_at_most_2048_characters() -> None:
    ((code, _, _),) = faults(WebAddress(invalid="Invalid URL"), "https://a/" + "a" * 2_040)
    assert code == "too_big"
