"""A list shows each person what their role allows, and leads nowhere that is closed to them."""

import uuid
from collections.abc import Mapping

import pytest
from django.urls import reverse

from connections.web import listing_links
from organizations.models import Project
from organizations.services import create_organization
from tests.connections.web.lists import HOME, listed, options, project, stored
from tests.oauth.people import Person, person, text

pytestmark = pytest.mark.django_db


def somebody(role: str = "member", projects: Mapping[Project, list[str]] | None = None) -> Person:
    return person(email="bob@example.com", role=role, project_roles=projects or {})


def of(place: Project) -> str:
    return f"/projects/{place.id}/app-connections"


def test_an_admin_sees_the_organizations_and_its_projects() -> None:
    stored("of-organization")
    stored("of-project", project())
    stored("of-others", organization=create_organization(name="Elsewhere"))
    assert listed(somebody("admin").browser) == ["of-organization", "of-project"]


def test_an_admin_who_is_not_in_the_project_reads_why_there_is_no_link() -> None:
    closed = stored("of-project", project("Platform"), status="reconnect_required", cause="Gone.", cure="Do.")
    page = somebody("admin").browser.get(HOME)
    assert "It is in project Platform. You are not a member" in text(page)
    assert "Gone. Do." in text(page)
    assert f'data-copy="{closed.id}"' in page.content.decode()
    assert f"{HOME}/{closed.id}" not in page.content.decode()
    assert "/credentials" not in page.content.decode()


def test_an_admin_whose_role_in_the_project_is_too_weak_reads_that() -> None:
    place = project("Platform")
    stored("of-project", place)
    page = somebody("admin", {place: ["viewer"]}).browser.get(HOME)
    assert "where your role does not open connections" in text(page)


def test_a_project_admin_sees_those_of_the_project_only() -> None:
    place, other = project("Platform"), project("Payments")
    stored("of-organization")
    stored("of-other", other)
    mine = stored("of-project", place)
    bob = somebody(projects={place: ["admin"], other: ["member"]}).browser
    assert listed(bob) == ["of-project"]
    assert listed(bob, of(place)) == ["of-project"]
    assert options(bob.get(HOME), "scope") == ["Any (1)", "Platform (1)"]
    assert f'href="{HOME}/{mine.id}"' in bob.get(HOME).content.decode()
    assert listed(bob, scope=str(other.id)) == []
    assert "Payments" not in text(bob.get(HOME, {"scope": str(other.id)}))


@pytest.mark.parametrize("role", ["member", "no-access"])
def test_who_may_see_none_reads_whom_to_ask(role: str) -> None:
    stored("of-organization")
    page = text(somebody(role).browser.get(HOME))
    assert "of-organization" not in page
    assert "No connections that you may see" in page
    assert "ask an admin of the organization" in page
    assert "Add connection" not in page
    assert "1 connection" not in page
    assert ("See who is an admin" in page) == (role == "member")


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_a_weak_member_of_a_project_sees_none_of_it(role: str) -> None:
    place = project()
    stored("of-project", place)
    bob = somebody(projects={place: [role]}).browser
    assert listed(bob, of(place)) == []
    assert "ask an admin of the project" in text(bob.get(of(place)))


def test_a_role_without_access_does_not_open_the_project() -> None:
    place = project()
    assert somebody(projects={place: ["no-access"]}).browser.get(of(place)).status_code == 403


def test_others_than_members_find_no_such_project() -> None:
    place = project()
    elsewhere = project("Theirs", create_organization(name="Elsewhere"))
    bob = somebody("admin").browser
    for missing in (of(place), of(elsewhere), f"/projects/{uuid.uuid4()}/app-connections", f"/projects/{place.id}"):
        assert bob.get(missing).status_code == 404


def test_a_project_opens_with_its_connections() -> None:
    place = project("Platform")
    stored("of-organization")
    stored("of-project", place)
    bob = somebody(projects={place: ["admin"]}).browser
    assert bob.get(f"/projects/{place.id}")["Location"] == of(place)
    page = bob.get(of(place), {"scope": "organization"})
    assert "of-project" in text(page)
    assert 'id="scope"' not in page.content.decode()
    assert 'id="by-scope"' not in page.content.decode()
    assert f"{HOME}/new?project={place.id}&amp;next={of(place)}" in page.content.decode()
    assert f'<a href="{of(place)}" aria-current="page">App connections</a>' in page.content.decode()


def test_nothing_yet_leads_to_the_two_next_steps() -> None:
    page = somebody("admin").browser.get(HOME).content.decode()
    assert "No connections yet" in page
    assert f'href="{HOME}/new">Add connection</a>' in page
    assert 'href="/organization/instances">Register instance</a>' in page


def test_a_project_admin_is_not_led_to_what_only_admins_register() -> None:
    page = somebody(projects={project(): ["admin"]}).browser.get(HOME).content.decode()
    assert "Add connection" in page
    assert "Register instance" not in page


def test_a_list_is_for_members() -> None:
    place = project()
    answer = person(email="eve@example.com", role=None).browser.get(HOME)
    assert answer.status_code == 403
    assert person(email="eve2@example.com", role=None).browser.get(of(place)).status_code == 403


def test_what_a_list_is_asked_by_changes_nothing() -> None:
    assert somebody("admin").browser.post(HOME).status_code == 405


@pytest.mark.parametrize("name", ["edit", "credentials", "delete"])
def test_links_are_put_together_as_they_are_declared(name: str) -> None:
    some = uuid.uuid4()
    assert listing_links.page_of(some) == reverse("connections:detail", args=[some])
    assert f"{listing_links.page_of(some)}/{name}" == reverse(f"connections:{name}", args=[some])
