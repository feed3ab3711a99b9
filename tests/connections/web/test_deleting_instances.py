"""An instance is deleted after a question, unless connections depend on it."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from connections.models import AppConnection, Instance
from organizations.models import User
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.instances.requests import application_at, connect, register, register_with_client
from tests.connections.requests import create
from tests.oauth.people import text
from tests.people import send

if TYPE_CHECKING:
    pass

from tests.connections.web.instances import PAGE, page_of

pytestmark = pytest.mark.django_db


def test_an_instance_is_deleted_after_a_question(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    made = register(admin, gitlab.url, allowPrivate=True)
    create(admin, gitlab)
    question = f"{page_of(made)}/delete"
    assert "1 connection uses this address with access tokens. They stay" in text(ann.get(question))
    answer = send(ann, question)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert f"{gitlab.url} is deleted." in text(ann.get(PAGE))
    assert not Instance.objects.exists()
    assert ann.get(question).status_code == 404


def test_an_instance_in_use_is_kept_and_the_page_says_by_how_many(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    application = application_at(gitlab)
    made = register_with_client(admin, gitlab, application)
    connect(admin, gitlab, application)
    question = ann.get(f"{page_of(made)}/delete")
    assert "1 connection depends on it. Without the instance no token is renewed any more." in text(question)
    assert "Delete instance" not in text(question)
    answer = send(ann, f"{page_of(made)}/delete")
    assert answer.status_code == 422
    assert f"1 connection depends on {gitlab.url}." in text(answer)
    assert Instance.objects.exists()


def test_a_connection_elsewhere_counts_there(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    made = register(admin)
    create(admin, gitlab)
    AppConnection.objects.update(public={"instanceUrl": "not an address"})
    assert "Connections 0 " in text(ann.get(page_of(made)))
    AppConnection.objects.update(public={"instanceUrl": "https://GITLAB.example.com/"})
    assert "Connections 1 " in text(ann.get(page_of(made)))
    assert User.objects.count() == 1
