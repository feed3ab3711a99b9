"""The operator's pages show what is stored, nothing that is secret, and change nothing."""

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from connections.models import AppConnection, Instance
from identities.models import ClientSecret
from organizations.models import User
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.config.operator_pages import operator_pages
from tests.connections.requests import create
from tests.oauth.people import Person, person

pytestmark = pytest.mark.django_db
SECRET_COLUMNS = {
    "data_key",
    "digest",
    "password",
    "sealed_client_secrets",
    "sealed_credentials",
    "sealed_grant",
    "sealed_verifier",
    "session_data",
    "state_digest",
    "wrapped",
}


@pytest.fixture
def operator(db: None) -> Person:
    User.objects.create_superuser("operator@example.com", "correct horse battery staple")
    return person(email="operator@example.com")


def test_an_operator_can_open_every_page(operator: Person, admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab)
    pages = dict(operator_pages(operator.browser))
    connection = AppConnection.objects.get()
    shown = pages[reverse("admin:connections_appconnection_change", args=[connection.id])].decode()
    assert connection.name in shown
    assert gitlab.url in shown
    assert connection.credentials_hash not in shown


def test_no_secret_column_is_registered_anywhere() -> None:
    for model, pages in site._registry.items():
        named = {str(name) for name in (*(pages.fields or ()), *pages.list_display)}
        assert pages.fields, f"{model.__name__} would show every column"
        assert not named & SECRET_COLUMNS, model.__name__


def test_the_tables_of_keys_and_handshakes_have_no_pages() -> None:
    assert {AppConnection, Instance, ClientSecret, User} <= set(site._registry)
    assert not {"DataKey", "OAuthAttempt", "Session"} & {model.__name__ for model in site._registry}


@pytest.mark.parametrize("role", ["admin", "member"])
def test_a_member_of_an_organization_is_no_operator(role: str) -> None:
    page = person(role=role).browser.get("/admin/", follow=True)
    assert page.status_code == 403
    assert b"for the operator" in page.content


def test_a_stranger_signs_in_first(operator: Person) -> None:
    answer = Client(headers={"host": "127.0.0.1:8000"}).get("/admin/connections/appconnection/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in?next=/admin/connections/appconnection/"


def test_nothing_can_be_changed_there(operator: Person, admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab)
    one = AppConnection.objects.get().id
    base = "/admin/connections/appconnection"
    for path in (f"{base}/add/", f"{base}/{one}/delete/", f"{base}/{one}/change/"):
        assert operator.browser.post(path, {"name": "changed"}).status_code == 403
    operator.browser.post(f"{base}/", {"action": "delete_selected", "_selected_action": str(one), "post": "yes"})
    assert AppConnection.objects.get().name == "platform"


def test_who_is_switched_off_is_out(operator: Person) -> None:
    User.objects.filter(pk=operator.user.pk).update(is_active=False)
    assert operator.browser.get("/admin/").status_code == 302


@pytest.mark.parametrize("column", ["password__startswith", "groups__name", "is_staff__exact"])
def test_a_filter_that_is_not_shown_answers_nothing(operator: Person, column: str) -> None:
    assert operator.browser.get("/admin/organizations/user/", {column: "a"}).status_code == 400
