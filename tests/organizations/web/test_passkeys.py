"""Passkeys: which answers of a device sign somebody in."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.organizations.web.accounts import SECOND_STEP
from tests.organizations.web.passkeys import Device
from tests.people import HOME, SIGN_IN, browser, person, sign_in

pytestmark = pytest.mark.django_db
SITE = "https://connections.example.com"
PASSKEY = "/sign-in/passkey"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def present(client: Client, credential: str) -> Any:
    """Send a device's answer from the sign-in page."""
    token = str(client.get(SIGN_IN).context["csrf_token"])
    return client.post(PASSKEY, {"csrfmiddlewaretoken": token, "credential": credential})


def test_a_passkey_signs_in_alone() -> None:
    device = Device(person(), site=SITE)
    ann = browser()
    options = ann.get(PASSKEY).json()["request_options"]
    answer = present(ann, device.answer(options, verified=True))
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert ann.get(HOME).status_code == 200


def test_an_answer_is_good_once() -> None:
    device = Device(person(), site=SITE)
    ann, again = browser(), browser()
    credential = device.answer(ann.get(PASSKEY).json()["request_options"], verified=True)
    assert present(ann, credential).status_code == 302
    present(again, credential)
    assert again.get(HOME).status_code == 302


def test_it_does_not_without_what_unlocks_the_device() -> None:
    device = Device(person(), site=SITE)
    thief = browser()
    options = thief.get(PASSKEY).json()["request_options"]
    present(thief, device.answer(options, verified=False))
    assert thief.get(HOME).status_code == 302


def test_nor_with_a_challenge_that_was_given_for_a_second_step() -> None:
    """There the device need not be unlocked, since the password came before: somebody's own, if they choose."""
    device = Device(person(), site=SITE)
    Device(person("mallory@example.com"), site=SITE)
    mallory = browser()
    assert sign_in(mallory, "mallory@example.com")["Location"] == SECOND_STEP
    options = mallory.get(SECOND_STEP).context["js_data"]["request_options"]
    session = mallory.session
    del session["account_login"]  # as after 15 minutes
    session.save()
    present(mallory, device.answer(options, verified=False))
    assert mallory.get(HOME).status_code == 302


def test_after_the_password_a_touch_is_enough() -> None:
    device = Device(person(), site=SITE)
    ann = browser()
    assert sign_in(ann, "ann@example.com")["Location"] == SECOND_STEP
    page = ann.get(SECOND_STEP)
    options = page.context["js_data"]["request_options"]
    credential = device.answer(options, verified=False)
    token = str(page.context["csrf_token"])
    ann.post(SECOND_STEP, {"csrfmiddlewaretoken": token, "credential": credential})
    assert ann.get(HOME).status_code == 200
