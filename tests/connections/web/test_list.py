"""The list of connections says how each one is, what needs attention first."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from connections.models import AppConnection
from connections.overview import visible
from organizations.services import principal_of
from tests.connections.web.lists import HOME, TOKEN, chips, listed, names, project, stored, title
from tests.oauth.people import text
from tests.people import browser, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Client:
    """An admin's browser."""
    return browser(person())


def test_a_row_says_what_the_connection_is(ann: Client) -> None:
    soon = timezone.now() + timedelta(days=60, hours=1)
    stored("gitlab-team", project("Payments"), expires_at=soon)
    shown = text(ann.get(HOME))
    for words in (
        "gitlab-team",
        "Access Token",
        "@ann on gitlab.example.com",
        "Payments",
        "Healthy",
        "in 2 months",
    ):
        assert words in shown


def test_a_connection_that_names_no_instance_is_to_the_default_one(ann: Client) -> None:
    stored("gitlab-team", public={}, account=None)
    assert "gitlab.com Organization Healthy" in text(ann.get(HOME))


def test_what_needs_attention_comes_first(ann: Client) -> None:
    now = timezone.now()
    stored("a-healthy")
    stored("b-unchecked", status="unchecked")
    stored("c-soon", expires_at=now + timedelta(days=9))
    stored("d-sooner", expires_at=now + timedelta(days=3))
    stored("e-expired", expires_at=now - timedelta(days=1))
    stored("f-failing", status="failing")
    stored("g-reconnect", status="reconnect_required")
    order = ["e-expired", "f-failing", "g-reconnect", "d-sooner", "c-soon", "b-unchecked", "a-healthy"]
    assert listed(ann) == order
    assert listed(ann, sort="-state")[0] == "a-healthy"


def test_time_makes_a_state_where_nobody_checked_since(ann: Client) -> None:
    stored("gitlab-over", expires_at=timezone.now() - timedelta(seconds=1))
    stored("gitlab-soon", expires_at=timezone.now() + timedelta(days=13))
    stored("gitlab-later", status="expiring", expires_at=timezone.now() + timedelta(days=15))
    page = ann.get(HOME)
    assert chips(page) == {
        "All": 3,
        "Need attention": 2,
        "Reconnect or replace": 1,
        "Expires soon": 1,
        "Healthy": 1,
    }
    assert "gitlab-over Copy the ID of gitlab-over" in text(page)
    assert "Expired" in text(page)
    assert listed(ann, state="healthy") == ["gitlab-later"]
    assert listed(ann, state="reconnect_required") == ["gitlab-over"]


def test_the_title_tells_how_many_need_attention(ann: Client) -> None:
    stored("gitlab-well")
    assert title(ann.get(HOME)) == "App connections"
    stored("gitlab-one", status="failing")
    assert title(ann.get(HOME)) == "App connections - 1 needs attention"
    stored("gitlab-two", status="reconnect_required")
    assert title(ann.get(HOME)) == "App connections - 2 need attention"
    assert "3 connections, 2 need attention" in text(ann.get(HOME))


def test_what_is_wrong_stands_on_the_row_with_its_cure(ann: Client) -> None:
    stored("gitlab-token", status="reconnect_required", cause="It was revoked.", cure="Make a new one.")
    page = ann.get(HOME)
    assert "It was revoked. Make a new one." in text(page)
    assert "Replace credentials of gitlab-token" in text(page)


def test_what_has_a_grant_is_reconnected(ann: Client) -> None:
    lost = stored("gitlab-oauth", method="oauth", status="reconnect_required", cause="It was revoked.", cure="Do.")
    page = ann.get(HOME)
    assert "Reconnect of gitlab-oauth" in text(page)
    assert f'href="{HOME}/gitlab/oauth/new?connection={lost.id}"' in page.content.decode()


def test_what_is_tried_again_by_itself_has_no_button(ann: Client) -> None:
    stored("gitlab-down", status="failing", cause="It answered with status 502.", cure="It is tried again.")
    page = ann.get(HOME)
    assert "It answered with status 502." in text(page)
    assert "Replace credentials of gitlab-down" not in text(page)


def test_a_cause_is_text_and_no_markup(ann: Client) -> None:
    stored("gitlab-odd", status="failing", cause="<script>alert(1)</script>", account={"username": "<b>ann"})
    page = ann.get(HOME, {"q": '"><img src=x>'})
    assert "<img src=x" not in page.content.decode()
    assert "<script>alert" not in ann.get(HOME).content.decode()
    assert "<b>ann" not in ann.get(HOME).content.decode()


def test_fifty_stand_on_a_page(ann: Client) -> None:
    for number in range(51):
        stored(f"gitlab-{number:02}")
    assert len(listed(ann)) == 50
    assert "Page 1 of 2 Next" in text(ann.get(HOME))
    for beyond in ("2", "99", "0", "-1"):
        assert listed(ann, page=beyond) == ["gitlab-50"]
    for none in ("x", ""):
        assert len(listed(ann, page=none)) == 50


def test_no_secret_and_nothing_sealed_is_loaded(ann: Client) -> None:
    connection = stored("gitlab-team")
    page = ann.get(HOME).content.decode()
    assert TOKEN not in page
    assert connection.sealed_credentials not in page
    assert connection.credentials_hash not in page


def test_a_list_costs_as_many_queries_however_long(
    ann: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    place = project()
    for number in range(20):
        stored(f"gitlab-{number}", place if number % 2 else None, status="failing" if number % 3 else "healthy")
    with django_assert_num_queries(7) as asked:
        assert len(names(ann.get(HOME, {"q": "gitlab", "state": "attention", "sort": "-scope"}))) == 13
    about = [query["sql"] for query in asked.captured_queries if "connections_appconnection" in query["sql"]]
    assert len(about) == 2
    assert not any("sealed_credentials" in sql or "credentials_hash" in sql for sql in about)


def test_all_that_is_visible_leaves_what_is_sealed_where_it_is() -> None:
    from audit.actors import Actor, ActorType
    from wire.origin import Origin

    user = person()
    connection = stored("gitlab-team")
    actor = Actor(ActorType.USER, user.id, user.email, Origin("203.0.113.7", "", "req-1"))
    principal = principal_of(actor, connection.organization_id)
    assert principal
    (found,) = visible(principal)
    assert "sealed_credentials" in found.get_deferred_fields()
    assert AppConnection.objects.count() == 1
