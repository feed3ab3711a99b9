"""The list of projects: who sees which, found by words, in pages."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organizations.services import create_organization
from tests.oauth.people import text
from tests.people import browser, person
from tests.projects import member, project, put_into

pytestmark = pytest.mark.django_db
PROJECTS = "/organization/projects"


def shown(client: Client, query: str = "") -> str:
    answer = client.get(PROJECTS + query)
    assert answer.status_code == 200
    return text(answer)


def test_a_person_sees_the_projects_they_are_in_and_their_role_there() -> None:
    mine, other = project("Mine"), project("Other")
    bob = member(mine, "viewer", email="bob@example.com")
    said = shown(browser(bob))
    assert "Mine" in said
    assert "Viewer" in said
    assert other.name not in said
    assert "Join as admin" not in said


def test_an_admin_of_the_organization_sees_every_project_of_it_and_no_other() -> None:
    ann = person()
    bob = member(project("First"), "admin", "viewer", email="bob@example.com")
    put_into(bob, project("Second"), ["viewer"])
    project("Foreign", organization=create_organization(name="Elsewhere"))
    said = shown(browser(ann))
    assert said.count("Not a member") == said.count("Join as admin") == 2
    assert "Foreign" not in said


def test_an_admin_may_leave_the_list_to_their_own() -> None:
    ann = person()
    put_into(ann, project("Mine"), ["member"])
    project("Theirs")
    said = shown(browser(ann))
    assert "All 2" in said
    assert "Yours 1" in said
    assert "Become admin" in said
    assert "Theirs" not in shown(browser(ann), "?show=own")


def test_a_member_without_access_is_not_shown_the_project() -> None:
    bob = member(project("Hidden"), "no-access", email="bob@example.com")
    assert "Hidden" not in shown(browser(bob))


def test_words_are_searched_in_name_slug_and_description() -> None:
    ann = browser(person())
    project("Alpha", slug="wanted-one")
    project("Beta", description="Wanted by many")
    project("Wanted")
    project("Delta")
    said = shown(ann, "?q=WANTED")
    assert [name for name in ("Alpha", "Beta", "Wanted", "Delta") if name in said] == ["Alpha", "Beta", "Wanted"]
    assert "No project matches" in shown(ann, "?q=nothing-is-called-so")
    assert "Delta" in shown(ann, "?q=%00")


def test_a_search_does_not_find_what_one_may_not_see() -> None:
    project("Secret plans")
    assert "Secret" not in shown(browser(person("bob@example.com", role="member")), "?q=s")


def test_while_somebody_types_the_list_alone_is_answered() -> None:
    project("Alpha")
    answer = browser(person()).get(f"{PROJECTS}?q=alp", headers={"HX-Request": "true"})
    assert "Alpha" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in browser(person("b@example.com")).get(PROJECTS, headers=restored).content.decode()


@pytest.mark.parametrize(
    ("role", "words"),
    [("member", "No projects yet"), ("no-access", "You are in no project"), ("admin", "No projects")],
)
def test_an_empty_list_says_what_to_do(role: str, words: str) -> None:
    answer = browser(person(role=role)).get(PROJECTS)
    assert words in text(answer)
    assert ("Create project" in text(answer)) == (role != "no-access")


def test_a_long_list_is_cut_into_pages_and_costs_no_more_queries() -> None:
    ann = person()
    put_into(ann, project("Name 0"), ["admin"])
    client = browser(ann)
    client.get(PROJECTS)
    with CaptureQueriesContext(connection) as few:
        client.get(PROJECTS)
    for number in range(60):
        put_into(ann, project(f"Name {number + 1}"), ["admin"])
    with CaptureQueriesContext(connection) as many:
        said = shown(client)
    assert len(many) == len(few) <= 12
    assert "Page 1 of 2" in said
    assert "Page 2 of 2" in shown(client, "?page=9999")


def test_a_hostile_name_is_only_text() -> None:
    project("<script>alert(1)</script>", slug="hostile")
    assert "<script>alert" not in browser(person()).get(PROJECTS).content.decode()
