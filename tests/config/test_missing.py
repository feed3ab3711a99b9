"""An address that leads nowhere: whoever has signed in keeps the menu, others learn nothing."""

from typing import Any, NoReturn

import pytest
from django.db import OperationalError, connection

from organizations.models import User
from tests.clients import anonymous
from tests.people import browser, person

pytestmark = pytest.mark.django_db


def test_who_has_signed_in_can_go_on_from_there() -> None:
    answer = browser(person()).get("/nowhere")
    assert answer.status_code == 404
    assert b'aria-label="Organization"' in answer.content
    assert b"ann@example.com" in answer.content


def test_a_stranger_sees_no_menu() -> None:
    answer = browser().get("/nowhere")
    assert (answer.status_code, b'aria-label="Organization"' in answer.content) == (404, False)


def test_who_is_in_no_organization_gets_the_same() -> None:
    nobody = browser(User.objects.create_user("nobody@example.com", "correct horse battery staple"))
    answer = nobody.get("/nowhere")
    assert (answer.status_code, b"There is no such page" in answer.content) == (404, True)


def test_below_api_it_is_json() -> None:
    assert anonymous().get("/api/nowhere").json()["error"] == "NotFound"


def test_without_a_database_it_is_the_page_of_a_server_error(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = browser(person())

    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise OperationalError("connection to server at 10.1.2.3 failed")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = ann.get("/nowhere")
    assert (answer.status_code, b"10.1.2.3" in answer.content) == (500, False)
