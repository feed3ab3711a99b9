"""An empty instance opens on a page that makes its first administrator and organization, once."""

from functools import partial

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEvent
from identities.models import Identity, InstanceSetup
from organizations.models import Membership, Organization, User
from tests.clients import bootstrap
from tests.concurrency import at_once
from tests.people import HOME, PASSWORD, SIGN_IN, browser, person, send, sign_in

pytestmark = pytest.mark.django_db
SET_UP = "/setup"
GIVEN = {"organization_name": "Example", "email": "Ann@Example.com", "password": PASSWORD}


@pytest.mark.parametrize("path", ["/", HOME, SIGN_IN, "/account/security", "/admin/"])
def test_every_page_of_an_empty_instance_leads_there(path: str) -> None:
    assert browser().get(path, follow=True).redirect_chain[-1] == (SET_UP, 302)


def test_it_makes_an_administrator_who_is_signed_in_at_once() -> None:
    ann = browser()
    answer = send(ann, SET_UP, GIVEN)
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    page = ann.get(HOME).content.decode()
    assert "Example" in page
    assert "This instance is set up." in page
    user = User.objects.get()
    assert (user.email, user.is_superuser) == ("ann@example.com", True)
    assert Membership.objects.get().roles.get().role == "admin"
    assert sign_in(browser(), "ann@example.com").status_code == 302


def test_it_makes_no_machine_identity_and_no_token() -> None:
    send(browser(), SET_UP, GIVEN)
    assert not Identity.objects.exists()
    assert InstanceSetup.objects.count() == 1


def test_the_event_is_that_of_the_api_and_holds_no_password() -> None:
    send(browser(), SET_UP, GIVEN)
    event = AuditEvent.objects.get(type="bootstrap-instance")
    assert event.metadata == {"userId": str(User.objects.get().id)}
    assert event.organization_id == Organization.objects.get().id


def test_there_is_no_such_page_afterwards() -> None:
    stale = browser()
    stale.get(SET_UP)
    stale.handler.enforce_csrf_checks = False
    send(browser(), SET_UP, GIVEN)
    for forgets in (False, True):
        if forgets:
            cache.clear()
        assert browser().get(SET_UP).status_code == 404
        assert stale.post(SET_UP, {**GIVEN, "email": "thief@example.com"}).status_code == 404
    assert User.objects.count() == 1


def test_an_instance_that_the_api_set_up_has_no_such_page() -> None:
    bootstrap()
    assert browser().get(SET_UP).status_code == 404
    assert browser().get(SIGN_IN).status_code == 200


def test_an_instance_that_was_set_up_another_way_is_not_given_away() -> None:
    User.objects.create_superuser("operator@example.com", PASSWORD)
    assert browser().get(SET_UP).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "nobody", "Enter a valid email address"),
        ("email", "", "This field is required"),
        ("organization_name", "   ", "This field is required"),
        ("organization_name", "x" * 65, "at most 64 characters"),
        ("password", "short", "at least 12 characters"),
        ("password", "password1234", "too common"),
        ("password", "ann@example.com", "too similar to the email"),
    ],
)
def test_what_cannot_be_is_said_and_the_rest_is_kept(field: str, value: str, words: str) -> None:
    answer = send(browser(), SET_UP, {**GIVEN, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "<title>Error: Set up" in page
    kept = "Example" if field != "organization_name" else "Ann@Example.com"
    assert kept in page
    assert PASSWORD not in page
    assert not User.objects.exists()


def test_whether_it_is_set_up_costs_nothing_once_it_is_known(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    person()
    browser().get(SIGN_IN)
    with django_assert_num_queries(0):
        assert browser().get(SIGN_IN).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_wins() -> None:
    clients = [browser(), browser()]
    tokens = [client.get(SET_UP).context["csrf_token"] for client in clients]
    calls = [
        partial(client.post, SET_UP, {**GIVEN, "email": f"{token[:8]}@example.com", "csrfmiddlewaretoken": token})
        for client, token in zip(clients, map(str, tokens), strict=True)
    ]
    assert sorted(answer.status_code for answer in at_once(calls)) == [302, 404]
    assert User.objects.count() == Organization.objects.count() == 1
