"""A forgotten password: a link by e-mail that works once."""

import re
from concurrent.futures import Future
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from organizations.web.sign_in import Accounts
from tests.organizations.web.accounts import SECOND_STEP, with_app
from tests.people import HOME, SIGN_IN, browser, person, send, sign_in

pytestmark = pytest.mark.django_db
NEW = "an even longer sentence of words"


@pytest.fixture(autouse=True)
def mails_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def submit(deliver: Any, mail: EmailMessage) -> Future[None]:
        deliver(mail)
        return Future()

    monkeypatch.setattr("organizations.web.sign_in.mailing.submit", submit)


def asked(mailbox: list[EmailMessage], email: str = "ann@example.com") -> str:
    """Ask for a link, and return its path."""
    answer = send(browser(), "/password-reset", {"email": email})
    assert (answer.status_code, answer["Location"]) == (302, "/password-reset/sent")
    link = re.search(r"http\S+", str(mailbox[-1].body))
    assert link
    return link[0].removeprefix("http://127.0.0.1:8000")


def test_the_link_leads_to_a_new_password_and_ends_every_session(mailoutbox: list[EmailMessage]) -> None:
    ann = person("ann@example.com")
    elsewhere = browser(ann)
    path = asked(mailoutbox)
    here = browser()
    form = here.get(path)
    assert form["Location"].endswith("-set-password"), "the key stands in no page's address"
    done = send(here, form["Location"], {"password1": NEW, "password2": NEW})
    assert done["Location"] == "/password-reset/done"
    assert elsewhere.get(HOME).status_code == 302
    assert sign_in(browser(), "ann@example.com").status_code == 422
    assert sign_in(browser(), "ann@example.com", NEW).status_code == 302
    assert b"no longer works" in browser().get(path).content


def test_the_mail_says_for_whom_and_links_to_the_site_whatever_host_was_asked(
    settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.SITE_URL = "https://connections.example.com"
    person("ann@example.com")
    client = browser()
    client.defaults["HTTP_HOST"] = "localhost"
    send(client, "/password-reset", {"email": "ann@example.com"})
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["ann@example.com"], "App Connections: New password")
    assert "for ann@example.com at" in mail.body
    assert "\nhttps://connections.example.com/password-reset/" in mail.body


def test_whether_somebody_has_an_account_does_not_show(mailoutbox: list[EmailMessage]) -> None:
    answer = send(browser(), "/password-reset", {"email": "nobody@example.com"})
    assert (answer.status_code, answer["Location"]) == (302, "/password-reset/sent")
    assert mailoutbox == []


def test_nor_does_it_show_in_the_work_that_is_done(
    mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    person("ann@example.com")
    written: list[str] = []
    write = Accounts.render_mail

    def render_mail(adapter: Accounts, template: str, email: str, context: dict[str, Any]) -> Any:
        written.append(email)
        return write(adapter, template, email, context)

    monkeypatch.setattr(Accounts, "render_mail", render_mail)
    asked_of: list[list[str]] = []
    for email in ("ann@example.com", "nobody@example.com"):
        client = browser()
        client.handler.enforce_csrf_checks = False
        with CaptureQueriesContext(connection) as queries:
            client.post("/password-reset", {"email": email})
        asked_of.append([query["sql"].replace(email, "") for query in queries])
    assert asked_of[0] == asked_of[1]
    assert written == ["ann@example.com", "nobody@example.com"]
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
def test_nobody_gets_more_than_a_few_mails_an_hour_whoever_asks(
    settings: Settings, mailoutbox: list[EmailMessage], email: str
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "password-reset": 2}
    person("ann@example.com")
    answers = []
    for number in range(3):
        client = browser()
        client.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        answers.append(send(client, "/password-reset", {"email": email.title() if number else email}))
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert int(answers[-1]["Retry-After"]) <= 3600
    assert len(mailoutbox) == (2 if email.startswith("ann") else 0)


def test_a_client_that_asks_for_many_is_counted_with_the_logins(settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": 2}
    person("ann@example.com")
    answers = [send(browser(), "/password-reset", {"email": f"{name}@example.com"}) for name in "abc"]
    assert [answer.status_code for answer in answers] == [302, 302, 429]


def test_a_new_password_does_not_open_an_account_with_a_second_step(mailoutbox: list[EmailMessage]) -> None:
    with_app(person("ann@example.com"))
    client = browser()
    form = client.get(asked(mailoutbox))["Location"]
    assert send(client, form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert client.get(HOME).status_code == 302
    assert sign_in(client, "ann@example.com", NEW)["Location"] == SECOND_STEP
    assert client.get(HOME).status_code == 302


def test_a_mail_server_that_is_away_does_not_show_either(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    person("ann@example.com")
    assert send(browser(), "/password-reset", {"email": "ann@example.com"}).status_code == 302
    assert "mail could not be sent" in caplog.text
    assert "/password-reset/" not in caplog.text.replace("/password-reset ", "")


@pytest.mark.parametrize("password", ["short", "password1234", "ann@example.com"])
def test_a_password_that_is_easily_guessed_is_refused(mailoutbox: list[EmailMessage], password: str) -> None:
    person("ann@example.com")
    client = browser()
    form = client.get(asked(mailoutbox))["Location"]
    refused = send(client, form, {"password1": password, "password2": password})
    assert refused.status_code == 422
    assert b'aria-invalid="true"' in refused.content
    assert sign_in(browser(), "ann@example.com", password).status_code == 422


def test_the_key_does_not_reach_the_log(mailoutbox: list[EmailMessage], caplog: pytest.LogCaptureFixture) -> None:
    person("ann@example.com")
    path = asked(mailoutbox)
    key = path.partition("-reset/")[2].partition("-")[2]
    client = browser()
    client.get(client.get(path)["Location"])
    client.get(SIGN_IN)
    assert "password-reset" in caplog.text
    assert key not in caplog.text


def test_somebody_who_was_switched_off_gets_no_link(mailoutbox: list[EmailMessage]) -> None:
    ann = person("ann@example.com")
    ann.is_active = False
    ann.save()
    send(browser(), "/password-reset", {"email": "ann@example.com"})
    assert mailoutbox == []
