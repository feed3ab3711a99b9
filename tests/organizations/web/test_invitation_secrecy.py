"""The key of an invitation stands in the mail, and nowhere else."""

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from pytest_django import Settings

from audit.models import AuditEvent
from organizations import joining
from organizations.models import Invitation, User
from tests.config.operator_pages import operator_pages
from tests.organizations.web.invited import INVITE, MEMBERS, invite, link, post, sign_up
from tests.people import PASSWORD, browser, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mails_go_at_once")]


def key_of(mail: EmailMessage) -> str:
    return link(mail).rpartition("/")[2]


def test_no_page_of_the_admin_shows_it(mailoutbox: list[EmailMessage]) -> None:
    ann = browser(person("ann@example.com"))
    answers = [invite(ann), ann.get(MEMBERS), ann.get(INVITE)]
    path = f"/organization/invitations/{Invitation.objects.get().id}"
    answers += [ann.get(f"{path}/revoke"), post(ann, f"{path}/send"), ann.get(MEMBERS)]
    for mail in mailoutbox:
        for answer in answers:
            assert key_of(mail) not in answer.content.decode() + str(answer.headers)
        assert key_of(mail) not in str(dict(ann.session))


def test_what_is_stored_does_not_open_anything(mailoutbox: list[EmailMessage]) -> None:
    invite(browser(person("ann@example.com")))
    (mail,) = mailoutbox
    stored = str(list(Invitation.objects.values()))
    assert key_of(mail) not in stored
    assert joining.find(Invitation.objects.get().digest) is None
    assert key_of(mail) not in str(list(AuditEvent.objects.values()))


def test_operators_see_neither_key_nor_digest(mailoutbox: list[EmailMessage]) -> None:
    User.objects.create_superuser("operator@example.com", PASSWORD)
    operator = browser(User.objects.get(email="operator@example.com"))
    invite(browser(person("ann@example.com")))
    pages = b"".join(content for _, content in operator_pages(operator)).decode()
    assert "bob@example.com" in pages
    assert key_of(mailoutbox[0]) not in pages
    assert Invitation.objects.get().digest not in pages


def test_it_does_not_reach_the_log(mailoutbox: list[EmailMessage], caplog: pytest.LogCaptureFixture) -> None:
    invite(browser(person("ann@example.com")))
    path = link(mailoutbox[0])
    client = browser()
    sign_up(client, path, password="short")
    browser(person("eve@example.com")).get(path)
    sign_up(client, path)
    client.get(path)
    client.get(f"{path}/")
    client.get(path, headers={"Host": "evil.example"})
    assert "/invitations/KEY" in caplog.text
    assert key_of(mailoutbox[0]) not in caplog.text


def test_the_page_is_kept_by_nobody_and_names_no_other_site(mailoutbox: list[EmailMessage]) -> None:
    invite(browser(person("ann@example.com")))
    page = browser().get(link(mailoutbox[0]))
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert b"http://" not in page.content.replace(b"http://www.w3.org", b"")
    assert b"https://" not in page.content


def test_a_link_outlives_a_change_of_the_secret_key_while_the_old_one_is_kept(
    settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    invite(browser(person("ann@example.com")))
    path, old = link(mailoutbox[0]), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, " * 5, [old]
    assert browser().get(path).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert browser().get(path).status_code == 404


def test_a_refused_page_costs_no_write() -> None:
    with connection.execute_wrapper(reading_only):
        assert browser().get("/invitations/nothing").status_code == 404


def reading_only(execute, sql, params, many, context):  # type: ignore[no-untyped-def]  # Django's own signature
    assert sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE")), sql
    return execute(sql, params, many, context)
