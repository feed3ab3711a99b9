"""The start page shows each person what they may read, and a way to reconnect what has a grant."""

from typing import Any

import pytest

from connections.models import AppConnection
from organizations.models import Project
from sandbox.gitlab import Sandbox
from tests.clients import Api, the_organization
from tests.connections import oauth
from tests.connections.requests import create
from tests.oauth.people import Person, person, text

pytestmark = pytest.mark.django_db
HOME = "/organization/app-connections"


@pytest.fixture
def ann(gitlab: Sandbox, settings: Any) -> Person:
    """An admin with a connection by OAuth, beside one by access token."""
    oauth.configure(settings, gitlab)
    somebody = person()
    somebody.connect(gitlab, name="by-oauth")
    return somebody


def test_an_admin_sees_all_and_reconnects_what_has_a_grant(ann: Person, admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab, name="by-token")
    shown = text(ann.browser.get(HOME))
    assert "by-oauth Healthy" in shown
    assert "by-token Healthy" in shown
    assert "Reconnect by-oauth" in shown
    assert "Reconnect by-token" not in shown


def test_what_is_wrong_is_said_with_its_cure(ann: Person) -> None:
    AppConnection.objects.update(status="reconnect_required", cause="It was revoked.", cure="Reconnect it.")
    assert "Needs to be reconnected" in text(ann.browser.get(HOME))
    assert "It was revoked. Reconnect it." in text(ann.browser.get(HOME))


@pytest.mark.usefixtures("ann")
def test_a_member_sees_none_of_the_organizations() -> None:
    shown = text(person(email="bob@example.com", role="member").browser.get(HOME))
    assert "by-oauth" not in shown
    assert "There are none that you may see." in shown
    assert "Connect to GitLab" not in shown


def test_a_project_admin_sees_the_projects(ann: Person, gitlab: Sandbox) -> None:
    project = Project.objects.create(organization=the_organization(), name="Platform", slug="platform")
    bob = person(email="bob@example.com", role="member", project_roles={project: ["admin"]})
    bob.connect(gitlab, name="of-project", projectId=str(project.id))
    shown = text(bob.browser.get(HOME))
    assert "of-project" in shown
    assert "by-oauth" not in shown


def test_so_many_stand_on_a_page(ann: Person, admin: Api, gitlab: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connections.web.views.PAGE_SIZE", 1)
    create(admin, gitlab, name="by-token")
    browser = ann.browser
    assert "Page 1 of 2 Next page" in text(browser.get(HOME))
    assert "by-token" in text(browser.get(HOME, {"page": "2"}))
    assert "by-token" in text(browser.get(HOME, {"page": "99"}))
    assert "by-oauth" in text(browser.get(HOME, {"page": "x"}))
