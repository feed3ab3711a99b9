"""Nobody keeps others from signing in by trying wrong passwords for them."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.people import HOME, browser, person, send, sign_in
from wire import limits

pytestmark = pytest.mark.django_db
ANN = "ann@example.com"


@pytest.fixture(autouse=True)
def three_attempts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WINDOW", 24 * 3600)  # no minute ends in between
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "sign-in": 3}


def signed_out(email: str = ANN) -> Client:
    """Return a browser that somebody has signed in with, and out again."""
    client = browser()
    assert sign_in(client, email)["Location"] == HOME
    send(client, "/sign-out")
    return client


def use_up_attempts() -> None:
    stranger = browser()
    stranger.defaults["REMOTE_ADDR"] = "198.51.100.9"
    answers = [sign_in(stranger, ANN, "wrong").status_code for _ in range(4)]
    assert answers[-1] == 429


def test_a_browser_that_somebody_has_signed_in_with_lets_them_in_whatever_strangers_try() -> None:
    person(ANN)
    known = signed_out()
    use_up_attempts()
    assert sign_in(browser(), ANN).status_code == 429
    assert sign_in(known, ANN)["Location"] == HOME


def test_nor_do_they_keep_somebody_from_changing_how_they_sign_in() -> None:
    ann = browser(person(ANN))
    use_up_attempts()
    assert send(ann, "/account/confirm", {"password": "wrong"}).status_code == 422
    assert send(ann, "/account/password", {"oldpassword": "wrong", "password1": "x"}).status_code == 422


def test_a_known_browser_has_few_attempts_too() -> None:
    person(ANN)
    known = signed_out()
    answers = [sign_in(known, ANN, "wrong").status_code for _ in range(4)]
    assert answers == [422, 422, 422, 429]


def test_it_is_known_for_its_own_person_only() -> None:
    person(ANN)
    person("eve@example.com")
    eve = signed_out("eve@example.com")
    use_up_attempts()
    assert sign_in(eve, ANN).status_code == 429


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "\x00", "é"])
def test_what_it_is_known_by_cannot_be_made_up(forged: str) -> None:
    person(ANN)
    known = signed_out()
    known.cookies["known-browser"] = forged
    use_up_attempts()
    assert sign_in(known, ANN).status_code == 429


def test_what_it_is_known_by_is_no_session_and_goes_to_the_sign_in_page_only() -> None:
    person(ANN)
    known = signed_out()
    cookie = known.cookies["known-browser"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/sign-in", True, "Lax")
    assert ANN not in cookie.value
    assert known.get(HOME).status_code == 302
