"""A session says which browser it is in the words that people use for it."""

import pytest

from wire.templatetags.pages import browser_name

CHROMIUM = "(KHTML, like Gecko) Chrome/140.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            f"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 {CHROMIUM} Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 {CHROMIUM} Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("curl/8.5.0", "curl"),
        ("a browser of my own", "a browser of my own"),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_name_it(user_agent: str, words: str) -> None:
    assert browser_name(user_agent) == words
