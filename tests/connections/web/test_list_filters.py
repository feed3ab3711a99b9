"""A list is searched, filtered and sorted, and each of its states is an address."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connections.web.listing_query import wanted_of
from tests.connections.web.lists import HOME, chips, listed, options, part, project, stored, title
from tests.oauth.people import text
from tests.people import browser, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Client:
    """An admin's browser, before four connections."""
    platform = project("Platform")
    stored("alpha", description="Deploys the website")
    stored("beta", platform, method="oauth", account={"username": "Carol"}, status="failing")
    stored("gamma", platform, public={"instanceUrl": "https://code.example.org/git"}, status="unchecked")
    stored("delta", project("Empty-soon"), public={}, expires_at=timezone.now() + timedelta(days=3))
    return browser(person())


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("alph", {"alpha"}),
        ("WEBSITE", {"alpha"}),
        ("carol", {"beta"}),
        ("@carol", {"beta"}),
        ("code.example.org/git", {"gamma"}),
        ("gitlab.com", {"delta"}),
        ("gitlab.example", {"alpha", "beta"}),
        ("GitLab", {"alpha", "beta", "gamma", "delta"}),
        ("access token", {"alpha", "gamma", "delta"}),
        ("oauth", {"beta"}),
        ("ann example.com", {"alpha"}),
        ("https", set()),
        ("glpat", set()),
        ("100%", set()),
        ("_", set()),
        ("'", set()),
        ("\0", {"alpha", "beta", "gamma", "delta"}),
        ("   ", {"alpha", "beta", "gamma", "delta"}),
    ],
)
def test_search_finds_what_a_connection_is_called_and_is_to(ann: Client, q: str, found: set[str]) -> None:
    assert set(listed(ann, q=q)) == found


def test_filters_count_what_each_would_show(ann: Client) -> None:
    page = ann.get(HOME)
    assert options(page, "app") == ["Any (4)", "GitLab (4)"]
    assert options(page, "method") == ["Any (4)", "OAuth (1)", "Access Token (3)"]
    assert options(page, "scope") == ["Any (4)", "Organization (1)", "Empty-soon (1)", "Platform (2)"]
    assert chips(page) == {
        "All": 4,
        "Need attention": 2,
        "Failing": 1,
        "Expires soon": 1,
        "Not checked yet": 1,
        "Healthy": 1,
    }


def test_a_filter_counts_beside_the_others(ann: Client) -> None:
    page = ann.get(HOME, {"method": "access-token", "q": "example"})
    assert options(page, "method") == ["Any (3)", "OAuth (1)", "Access Token (2)"]
    assert options(page, "scope") == ["Any (2)", "Organization (1)", "Platform (1)"]
    assert chips(page) == {"All": 2, "Not checked yet": 1, "Healthy": 1}
    assert "2 connections" in text(page)


def test_filters_narrow_the_list(ann: Client) -> None:
    assert listed(ann, method="oauth") == ["beta"]
    assert listed(ann, state="attention") == ["beta", "delta"]
    assert listed(ann, state="unchecked") == ["gamma"]
    assert listed(ann, scope="organization") == ["alpha"]
    platform = str(project_id("Platform"))
    assert listed(ann, scope=platform) == ["beta", "gamma"]
    assert listed(ann, scope=platform, app="gitlab", method="access-token", q="code") == ["gamma"]


def project_id(name: str) -> object:
    from organizations.models import Project

    return Project.objects.get(name=name).id


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["alpha", "beta", "delta", "gamma"]),
        ("-name", ["gamma", "delta", "beta", "alpha"]),
        ("scope", ["alpha", "delta", "beta", "gamma"]),
        ("expires", ["delta", "alpha", "beta", "gamma"]),
        ("-expires", ["alpha", "beta", "gamma", "delta"]),
        ("account", ["beta", "alpha", "delta", "gamma"]),
        ("method", ["alpha", "delta", "gamma", "beta"]),
    ],
)
def test_the_list_is_sorted_by_each_column(ann: Client, sort: str, order: list[str]) -> None:
    assert listed(ann, sort=sort) == order


def test_what_was_checked_longest_ago_comes_first(ann: Client) -> None:
    stored("never", checked_at=None)
    stored("old", checked_at=timezone.now() - timedelta(days=2))
    assert listed(ann, sort="checked")[:2] == ["never", "old"]
    assert listed(ann, sort="-checked")[-2:] == ["old", "never"]


def test_the_head_of_a_column_says_how_it_is_sorted(ann: Client) -> None:
    page = ann.get(HOME, {"sort": "-name", "q": "a"}).content.decode()
    assert page.count("aria-sort") == 1
    assert 'aria-sort="descending"><a id="by-name" href="/organization/app-connections?q=a&amp;sort=name">' in page
    assert 'aria-sort="ascending"><a id="by-state"' in ann.get(HOME).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"app": "nowhere", "method": "x", "state": "odd", "scope": "1", "sort": "sealed_credentials", "page": "-3"},
        {"scope": "' OR 1=1 --", "sort": "--name", "state": "[]"},
        {"q": "\0", "sort": "-", "app": "\0", "scope": "\0"},
    ],
)
def test_what_means_nothing_is_taken_for_not_given(ann: Client, query: dict[str, str]) -> None:
    assert len(listed(ann, HOME, **query)) == 4


def test_a_very_long_search_is_cut(ann: Client) -> None:
    assert listed(ann, q="x" * 10_000) == []
    assert len(wanted_of({"q": "x " * 10_000}).q) <= 100


def test_a_word_that_is_repeated_is_looked_for_once(ann: Client) -> None:
    with CaptureQueriesContext(connection) as once:
        assert listed(ann, q="alpha") == ["alpha"]
    with CaptureQueriesContext(connection) as often:
        assert listed(ann, q="alpha " * 16) == ["alpha"]
    counts = [sum(query["sql"].count("LIKE") for query in found) for found in (once, often)]
    assert 0 < counts[0] == counts[1]


def test_nothing_found_leads_back_to_everything(ann: Client) -> None:
    page = ann.get(HOME, {"q": "no-such", "method": "oauth"})
    assert "No connection matches" in text(page)
    assert "0 connections" in text(page)
    assert f'<a class="button quiet" href="{HOME}">Show all</a>' in page.content.decode()


def test_htmx_gets_the_parts_that_change(ann: Client) -> None:
    answer = part(ann, q="beta", app="", method="")
    body = answer.content.decode()
    assert "<html" not in body
    assert 'id="q"' not in body
    assert title(answer) == "App connections - 1 needs attention"
    assert '<div hx-swap-oob="innerHTML:#count">1 connection, 1 needs attention</div>' in body
    assert options(answer, "method") == ["Any (1)", "OAuth (1)"]
    assert answer["HX-Push-Url"] == f"{HOME}?q=beta"
    assert "HX-Request" in answer["Vary"]


def test_typing_replaces_the_address_and_choosing_adds_one(ann: Client) -> None:
    typed = part(ann, trigger="q", q="beta", sort="state")
    assert typed["HX-Replace-Url"] == f"{HOME}?q=beta"
    assert "HX-Push-Url" not in typed
    assert part(ann, q="", state="failing", sort="-name")["HX-Push-Url"] == f"{HOME}?state=failing&sort=-name"


def test_what_htmx_restores_is_a_whole_page(ann: Client) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in ann.get(HOME, headers=headers).content.decode()


def test_pages_keep_what_is_asked_for(ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connections.web.listing.PAGE_SIZE", 1)
    page = ann.get(HOME, {"method": "access-token", "sort": "name"})
    assert 'href="?method=access-token&amp;sort=name&amp;page=2"' in page.content.decode()
    assert listed(ann, method="access-token", sort="name", page="2") == ["delta"]
