"""Who may open which page of a connection, and which buttons are there."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from organizations.services import create_organization
from sandbox.gitlab import Sandbox
from tests.clients import Api, identity_with
from tests.connections.instances.requests import register
from tests.connections.requests import create
from tests.connections.web.pages import CHANGE, READ, path, project, row, text
from tests.oauth.people import person as member
from tests.people import browser, person

pytestmark = pytest.mark.django_db
PAGES = (*READ, *CHANGE)


def answers(somebody: Client, connection_id: Any) -> Iterator[int]:
    """Yield the statuses of all pages, and of what each form posts to."""
    somebody.handler.enforce_csrf_checks = False
    for rest in PAGES:
        yield somebody.get(path(connection_id, rest)).status_code
    for rest in ("/check", *CHANGE):
        yield somebody.post(path(connection_id, rest), {"name": "taken-over"}).status_code


def inside(admin: Api, gitlab: Sandbox) -> tuple[Any, str]:
    """Return a project and a connection of it."""
    place = project()
    owner = identity_with(name="owner", project_roles={place.id: ["admin"]})
    return place, create(owner, gitlab, name="inside", projectId=str(place.id))["id"]


def test_strangers_sign_in_first(admin: Api, gitlab: Sandbox) -> None:
    connection_id = create(admin, gitlab)["id"]
    for rest in PAGES:
        assert "/sign-in" in browser().get(path(connection_id, rest))["Location"]


def test_what_belongs_to_others_does_not_exist(admin: Api, gitlab: Sandbox) -> None:
    connection_id = create(admin, gitlab)["id"]
    eve = browser(person("eve@example.com", organization=create_organization(name="Elsewhere")))
    assert set(answers(eve, connection_id)) == {404}
    absent = "00000000-0000-4000-8000-000000000000"
    for one in (connection_id, absent):
        assert f"Could not find App Connection with ID {one}" in text(eve.get(path(one)))
    assert row(connection_id).name == "platform"


def test_an_admin_who_is_not_in_the_project_gets_404_as_over_rest(admin: Api, gitlab: Sandbox) -> None:
    _, connection_id = inside(admin, gitlab)
    assert set(answers(browser(person()), connection_id)) == {404}
    assert row(connection_id).name == "inside"


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_who_is_too_weak_in_the_project_gets_403(admin: Api, gitlab: Sandbox, role: str) -> None:
    place, connection_id = inside(admin, gitlab)
    bob = member(email="bob@example.com", role="member", project_roles={place: [role]}).browser
    statuses = list(answers(bob, connection_id))
    assert statuses[:5] == [403] * 5
    assert statuses[5] == (302 if role == "member" else 403), "whoever may use it may have it checked"
    assert statuses[6:] == [403] * 3
    assert "app-connections" in text(bob.get(path(connection_id)))
    assert row(connection_id).name == "inside"


def test_a_member_of_the_organization_gets_403(admin: Api, gitlab: Sandbox) -> None:
    connection_id = create(admin, gitlab)["id"]
    bob = browser(person("bob@example.com", role="member"))
    assert [bob.get(path(connection_id, rest)).status_code for rest in PAGES] == [403] * 5


def test_a_project_admin_may_do_everything(admin: Api, gitlab: Sandbox) -> None:
    place, connection_id = inside(admin, gitlab)
    bob = member(email="bob@example.com", role="member", project_roles={place: ["admin"]}).browser
    shown = text(bob.get(path(connection_id)))
    for words in ("Check now", "Replace credentials", "Edit details", "Activity", "Project Platform"):
        assert words in shown
    assert [bob.get(path(connection_id, rest)).status_code for rest in PAGES] == [200] * 5


def test_credentials_name_an_instance_to_nobody_who_may_not_know_it(admin: Api, gitlab: Sandbox) -> None:
    place, connection_id = inside(admin, gitlab)
    register(admin, "https://gitlab.example.com")
    for role, is_told in (("member", True), ("no-access", False)):
        somebody = member(email=f"{role}@example.com", role=role, project_roles={place: ["admin"]}).browser
        page = somebody.get(path(connection_id, "/credentials")).content.decode()
        assert ("https://gitlab.example.com</option>" in page) is is_told
        assert f'value="{gitlab.url}"' in page, "the connection's own address stays"


def test_no_answer_is_kept_and_pages_have_heads(admin: Api, gitlab: Sandbox) -> None:
    connection_id = create(admin, gitlab)["id"]
    bob = browser(person("bob@example.com", role="member"))
    ann = browser(person())
    refused = [bob.get(path(connection_id)), ann.get(path("00000000-0000-4000-8000-000000000000"))]
    shown = [ann.get(path(connection_id, rest)) for rest in PAGES]
    assert [answer.status_code for answer in (*refused, *shown)] == [403, 404] + [200] * 5
    assert all("no-store" in answer["Cache-Control"] for answer in (*refused, *shown))
    assert [ann.head(path(connection_id, rest)).status_code for rest in PAGES] == [200] * 5


def test_a_check_is_not_begun_by_a_link(admin: Api, gitlab: Sandbox) -> None:
    connection_id = create(admin, gitlab)["id"]
    assert browser(person()).get(path(connection_id, "/check")).status_code == 405


def test_a_form_must_come_from_a_page_of_ours(admin: Api, gitlab: Sandbox) -> None:
    connection_id = create(admin, gitlab)["id"]
    ann = browser(person())
    assert ann.post(path(connection_id, "/delete"), {"name": "platform"}).status_code == 403
    assert row(connection_id).name
