"""How somebody likes the pages: chosen with a form, kept in a cookie, there before the first page is painted."""

import pytest

from tests.people import SIGN_IN, browser, person
from wire.preferences import CHOICES

pytestmark = pytest.mark.django_db
HOME = "/organization/app-connections"


@pytest.mark.parametrize("theme", CHOICES["theme"])
def test_the_theme_is_in_the_page_itself(theme: str) -> None:
    ann = browser(person())
    assert 'data-theme="system"' in ann.get(HOME).content.decode()
    token = ann.cookies["csrftoken"].value
    chosen = ann.post("/preferences", {"csrfmiddlewaretoken": token, "theme": theme, "next": HOME})
    assert chosen.headers["Location"] == HOME
    assert f'data-theme="{theme}"' in ann.get(HOME).content.decode()
    stranger = browser()
    stranger.cookies["theme"] = theme
    assert f'data-theme="{theme}"' in stranger.get(SIGN_IN).content.decode()


def test_shortcuts_can_be_switched_off() -> None:
    ann = browser(person())
    ann.get(HOME)
    ann.post("/preferences", {"csrfmiddlewaretoken": ann.cookies["csrftoken"].value, "shortcuts": "off"})
    assert 'data-shortcuts="off"' in ann.get(HOME).content.decode()


@pytest.mark.parametrize("value", ["", "purple", '"><script>', "light; Domain=example.com"])
def test_what_nobody_offers_is_not_remembered(value: str) -> None:
    ann = browser(person())
    ann.get(HOME)
    ann.post("/preferences", {"csrfmiddlewaretoken": ann.cookies["csrftoken"].value, "theme": value})
    assert "theme" not in ann.cookies
    ann.cookies["theme"] = value
    assert 'data-theme="system"' in ann.get(HOME).content.decode()


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "javascript:alert(1)", "", "/\\evil"])
def test_the_way_back_stays_on_this_site(back: str) -> None:
    ann = browser(person())
    ann.get(HOME)
    answer = ann.post(
        "/preferences", {"csrfmiddlewaretoken": ann.cookies["csrftoken"].value, "theme": "dark", "next": back}
    )
    assert answer.headers["Location"] == "/"


def test_a_form_of_another_site_changes_nothing() -> None:
    answer = browser(person()).post("/preferences", {"theme": "dark"})
    assert answer.status_code == 403
    assert "theme" not in answer.cookies


def test_it_is_no_link() -> None:
    assert browser().get("/preferences").status_code == 405
