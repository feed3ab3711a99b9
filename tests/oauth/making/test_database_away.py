"""The database goes away when GitHub has handed its App over: a page says that its key is lost, and what next."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from connections.models import Client, Instance
from sandbox.github import Sandbox
from tests.oauth.making.steps import begin, created
from tests.oauth.people import Person, text

pytestmark = pytest.mark.django_db(transaction=True)


class GoesAway:
    """Lets every statement pass until one writes a client; from then on the database answers none."""

    def __init__(self) -> None:
        self.is_away = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.is_away = self.is_away or sql.startswith('INSERT INTO "connections_client"')
        if self.is_away:
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)


def test_the_page_says_that_the_key_is_lost(
    ann: Person, github: Sandbox, instance: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    address = begin(ann, github, name="Lost and found")
    database = GoesAway()
    with connection.execute_wrapper(database):
        answer = ann.come_back(address)
    assert database.is_away
    assert answer.status_code == 503
    shown = text(answer)
    assert "The GitHub App was created, but not taken over" in shown
    assert "its key is lost" in shown
    assert "Open it at GitHub" in shown
    app = next(each for each in github.hub.applications.by_id.values() if each.name == "Lost and found")
    assert f'href="{github.url}/' in answer.content.decode()
    assert not Client.objects.exists()
    assert created() == []
    for secret in (app.client_secret, "PRIVATE KEY"):
        assert secret not in answer.content.decode()
        assert secret not in caplog.text
