"""Authenticator apps and recovery codes: a second step after the password."""

import re
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from audit.models import AuditEvent
from tests.concurrency import at_once
from tests.organizations.web.accounts import (
    SECOND_STEP,
    SECURITY,
    code,
    confirm,
    events,
    recovery_codes,
    with_app,
)
from tests.people import HOME, SIGN_IN, browser, person, send, sign_in

pytestmark = pytest.mark.django_db
OTHER_KEY = "YW5vdGhlciByb290IGtleSwgMzIgYnl0ZXMgbG9uZyE="


def at_second_step() -> Client:
    """Return the browser of somebody who has given their password and is asked for a code."""
    client = browser()
    answer = sign_in(client, "ann@example.com")
    assert (answer.status_code, answer["Location"]) == (302, SECOND_STEP)
    return client


def key_on(page: bytes) -> str:
    """Return the key that the page of a new app shows."""
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page.decode())
    assert found
    return found[1]


def test_an_app_is_set_up_after_the_password_was_given_again() -> None:
    ann = browser(person())
    assert ann.get("/account/two-factor/on")["Location"] == "/account/confirm?next=%2Faccount%2Ftwo-factor%2Fon"
    confirm(ann)
    page = ann.get("/account/two-factor/on")
    assert "no-store" in page["Cache-Control"]
    key = key_on(page.content)
    token = str(page.context["csrf_token"])
    done = ann.post("/account/two-factor/on", {"csrfmiddlewaretoken": token, "code": code(key)})
    assert (done.status_code, done["Location"]) == (302, "/account/recovery-codes")
    shown = ann.get("/account/recovery-codes")
    assert len(re.findall(rb"^(?:.*<pre>)?\d{8}", shown.content, re.M)) == 10
    again = ann.get("/account/recovery-codes").content
    assert not re.search(rb"\d{8}", again), "they are shown once"
    assert b"10 of 10 left" in again
    assert events() == ["add-user-second-factor", "generate-user-recovery-codes"]


def test_a_wrong_code_switches_nothing_on_and_keeps_the_key() -> None:
    ann = browser(person())
    confirm(ann)
    page = ann.get("/account/two-factor/on")
    token = str(page.context["csrf_token"])
    refused = ann.post("/account/two-factor/on", {"csrfmiddlewaretoken": token, "code": "000000"})
    assert refused.status_code == 422
    assert b"<title>Error: " in refused.content
    assert key_on(refused.content) == key_on(page.content)
    assert not Authenticator.objects.exists()


def test_the_password_alone_is_not_enough_then() -> None:
    with_app(person())
    ann = at_second_step()
    assert ann.get(HOME)["Location"].startswith(SIGN_IN)
    assert ann.get(SECURITY)["Location"].startswith(SIGN_IN)
    answer = send(ann, SECOND_STEP, {"code": code()})
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert ann.get(HOME).status_code == 200
    event = AuditEvent.objects.get(type="sign-in-user")
    assert event.metadata == {"method": "password", "secondFactor": "authenticator-app"}


@pytest.mark.parametrize("wrong", ["000000", "", "١٢٣٤٥٦", "x" * 33, "\x00"])
def test_a_wrong_code_is_refused_and_recorded(wrong: str) -> None:
    with_app(person())
    ann = at_second_step()
    refused = send(ann, SECOND_STEP, {"code": wrong})
    assert refused.status_code == 422
    assert not wrong.strip("\x00") or f'value="{wrong}"' not in refused.content.decode(), "no code is sent back"
    assert ann.get(HOME).status_code == 302
    if wrong == "000000":
        event = AuditEvent.objects.get(type="sign-in-user-failed")
        assert (event.subject_name, event.actor_id) == ("ann@example.com", None)
        assert event.metadata == {"step": "second-factor", "secondFactor": "authenticator-app"}


def test_a_code_is_good_once_and_an_older_one_never_again() -> None:
    with_app(person())
    assert send(at_second_step(), SECOND_STEP, {"code": code()}).status_code == 302
    for old in (code(), code(steps=-1)):
        assert send(at_second_step(), SECOND_STEP, {"code": old}).status_code == 422
    assert send(at_second_step(), SECOND_STEP, {"code": code(steps=1)}).status_code == 302


def test_the_code_that_set_an_app_up_was_used_with_that() -> None:
    ann = browser(person())
    confirm(ann)
    page = ann.get("/account/two-factor/on")
    key = key_on(page.content)
    sent = {"csrfmiddlewaretoken": str(page.context["csrf_token"]), "code": code(key)}
    assert ann.post("/account/two-factor/on", sent).status_code == 302
    assert send(at_second_step(), SECOND_STEP, {"code": sent["code"]}).status_code == 422
    assert send(at_second_step(), SECOND_STEP, {"code": code(key, steps=1)}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_with_the_same_code_at_the_same_moment_one_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """In two processes: what allauth remembers is remembered by each for itself."""
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.TOTP._mark_code_used", lambda *_: True)
    with_app(person())
    clients = [at_second_step(), at_second_step()]
    answers = at_once([partial(send, each, SECOND_STEP, {"code": code()}) for each in clients])
    assert sorted(answer.status_code for answer in answers) == [302, 422]


def test_a_recovery_code_is_good_once() -> None:
    ann = person()
    with_app(ann)
    first, second, *_ = recovery_codes(ann)
    assert send(at_second_step(), SECOND_STEP, {"code": first}).status_code == 302
    assert AuditEvent.objects.get(type="sign-in-user").metadata["secondFactor"] == "recovery-code"
    assert send(at_second_step(), SECOND_STEP, {"code": first}).status_code == 422
    assert send(at_second_step(), SECOND_STEP, {"code": second}).status_code == 302


def test_codes_are_tried_a_few_times_an_hour_whoever_tries_them(settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "second-factor": 3}
    with_app(person())
    for number in range(4):
        client = at_second_step()
        client.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        answer = send(client, SECOND_STEP, {"code": "000000"})
        assert answer.status_code == (422 if number < 3 else 429)
    assert int(answer["Retry-After"]) <= 3600
    assert send(at_second_step(), SECOND_STEP, {"code": code()}).status_code == 429, "nor does the right one help"


@pytest.mark.parametrize("path", ["/account/confirm/code", "/account/two-factor/on"])
def test_nor_are_they_guessed_by_somebody_with_a_session(settings: Settings, path: str) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "second-factor": 2}
    user = person()
    ann = browser(user)
    confirm(ann)
    if path == "/account/confirm/code":
        with_app(user)
    answers = [send(ann, path, {"code": "000000"}).status_code for _ in range(3)]
    assert answers == [422, 422, 429]


def test_a_password_is_not_guessed_at_the_confirmation_either(settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "sign-in": 2}
    for path, field in (("/account/confirm", "password"), ("/account/password", "oldpassword")):
        ann = browser(person(f"{field}@example.com"))
        answers = [send(ann, path, {field: "wrong", "password1": "x"}).status_code for _ in range(3)]
        assert answers == [422, 422, 429]


def test_what_makes_codes_is_sealed_in_every_table() -> None:
    ann = browser(person())
    confirm(ann)
    key = key_on(ann.get("/account/two-factor/on").content)
    waiting = [session.get_decoded() for session in Session.objects.all()]
    assert key not in str(waiting)
    page = ann.get("/account/two-factor/on")
    key = key_on(page.content)
    ann.post("/account/two-factor/on", {"csrfmiddlewaretoken": str(page.context["csrf_token"]), "code": code(key)})
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert key not in stored
    assert stored.count("gAAAA") == 2
    assert key not in str(list(AuditEvent.objects.values()))


def test_a_changed_root_key_opens_them_while_the_old_one_is_at_hand(settings: Settings) -> None:
    with_app(person())
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, OTHER_KEY
    settings.ENCRYPTION_KEY_FALLBACKS = [old]
    assert send(at_second_step(), SECOND_STEP, {"code": code()}).status_code == 302


def test_a_lost_root_key_is_said_and_lets_nobody_in(settings: Settings) -> None:
    with_app(person())
    settings.ENCRYPTION_KEY = OTHER_KEY
    ann = at_second_step()
    answer = send(ann, SECOND_STEP, {"code": code()})
    assert answer.status_code == 500
    assert b"no longer opens" in answer.content
    assert ann.get(HOME).status_code == 302


def test_switching_it_off_takes_the_password_and_takes_the_recovery_codes_along() -> None:
    user = person()
    with_app(user)
    recovery_codes(user)
    ann = browser(user)
    assert ann.get("/account/two-factor/off")["Location"].startswith("/account/confirm?")
    confirm(ann)
    assert send(ann, "/account/two-factor/off")["Location"] == SECURITY
    assert not Authenticator.objects.exists()
    assert events() == ["remove-user-second-factor"]
    assert b"The authenticator app is off." in ann.get(SECURITY).content
    assert sign_in(browser(), "ann@example.com")["Location"] == HOME


def test_new_recovery_codes_replace_the_old_ones() -> None:
    user = person()
    with_app(user)
    old = recovery_codes(user)[0]
    ann = browser(user)
    confirm(ann)
    assert send(ann, "/account/recovery-codes/new")["Location"] == "/account/recovery-codes"
    assert old not in ann.get("/account/recovery-codes").content.decode()
    assert send(at_second_step(), SECOND_STEP, {"code": old}).status_code == 422
    assert events()[0] == "generate-user-recovery-codes"


def test_there_are_no_recovery_codes_for_a_password_alone() -> None:
    ann = browser(person())
    confirm(ann)
    assert send(ann, "/account/recovery-codes/new").status_code == 422
    assert ann.get("/account/recovery-codes").status_code == 404


def test_one_can_start_over_as_somebody_else() -> None:
    with_app(person())
    ann = at_second_step()
    assert ann.get(SIGN_IN)["Location"] == SECOND_STEP
    send_to_sign_out(ann)
    assert ann.get(SIGN_IN).status_code == 200
    assert ann.get(SECOND_STEP)["Location"] == SIGN_IN


def send_to_sign_out(client: Client) -> None:
    token = str(client.get(SECOND_STEP).context["csrf_token"])
    assert client.post("/sign-out", {"csrfmiddlewaretoken": token})["Location"] == SIGN_IN


def test_somebody_who_is_switched_off_at_the_second_step_does_not_get_in() -> None:
    user = person()
    with_app(user)
    ann = at_second_step()
    token = str(ann.get(SECOND_STEP).context["csrf_token"])
    user.is_active = False
    user.save()
    ann.post(SECOND_STEP, {"csrfmiddlewaretoken": token, "code": code()})
    assert ann.get(HOME).status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/account/two-factor/on",
        "/account/two-factor/off",
        "/account/recovery-codes",
        "/account/recovery-codes/new",
        "/account/passkeys/add",
        "/account/passkeys/1/remove",
        "/account/passkeys/1/rename",
    ],
)
def test_a_sensitive_page_asks_for_the_password_again(path: str) -> None:
    user = person()
    with_app(user)
    recovery_codes(user)
    answer = browser(user).get(path)
    assert answer["Location"].startswith("/account/confirm?next=%2Faccount%2F")


@pytest.mark.parametrize("path", [SECURITY, "/account/password", "/account/passkeys", "/account/sessions"])
def test_strangers_sign_in_first(path: str) -> None:
    person()
    assert browser().get(path)["Location"] == f"{SIGN_IN}?next={path}"
