"""The settings of a project, and deleting it."""

import uuid

import pytest

from audit.models import AuditEvent
from organizations.models import Membership, Project, User
from organizations.services import create_organization
from tests.oauth.people import text
from tests.people import browser, person, send
from tests.projects import member, project

pytestmark = pytest.mark.django_db
KEPT = {"name": "Platform", "slug": "platform", "description": ""}
SHOWN = {f"initial-{name}": value for name, value in KEPT.items()} | {"initial-has_delete_protection": "False"}


@pytest.fixture
def place(db: None) -> Project:
    return project()


@pytest.fixture
def admin(place: Project) -> User:
    return member(place, "admin", email="ann@example.com")


def settings(place: Project) -> str:
    return f"/projects/{place.id}/settings"


def deletion(place: Project) -> str:
    return f"/projects/{place.id}/settings/delete"


def test_what_is_changed_is_stored_and_recorded(place: Project, admin: User) -> None:
    fields = {"name": "Renamed", "slug": "renamed", "description": "Ours", "has_delete_protection": "on"}
    answer = send(browser(admin), settings(place), {**SHOWN, **fields})
    assert (answer.status_code, answer.headers["Location"]) == (302, settings(place))
    place.refresh_from_db()
    assert (place.name, place.slug, place.description) == ("Renamed", "renamed", "Ours")
    assert place.has_delete_protection
    event = AuditEvent.objects.get(type="update-project")
    assert event.metadata["changed"] == ["description", "has_delete_protection", "name", "slug"]


def test_what_the_page_did_not_change_stays_as_others_changed_it(place: Project, admin: User) -> None:
    Project.objects.update(name="Changed by others")
    send(browser(admin), settings(place), {**SHOWN, **KEPT, "description": "New"})
    place.refresh_from_db()
    assert (place.name, place.description) == ("Changed by others", "New")


def test_saving_without_a_change_records_nothing(place: Project, admin: User) -> None:
    client = browser(admin)
    assert send(client, settings(place), {**SHOWN, **KEPT}).status_code == 302
    assert "Nothing was changed." in text(client.get(settings(place)))
    assert not AuditEvent.objects.filter(type="update-project").exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Give the project a name."),
        ({"slug": ""}, "Give the project a slug."),
        ({"slug": "No Slug"}, "Slug can only contain"),
        ({"slug": "taken"}, "already exists in your organization"),
        ({"description": "d" * 1025}, "1024 or fewer"),
    ],
)
def test_a_fault_is_shown_and_nothing_stored(
    place: Project, admin: User, fields: dict[str, str], words: str
) -> None:
    project("Taken")
    answer = send(browser(admin), settings(place), {**SHOWN, **KEPT, "name": "Typed", **fields})
    assert answer.status_code == 422
    assert words in text(answer)
    assert "<title>Error: " in answer.content.decode()
    place.refresh_from_db()
    assert (place.name, place.slug) == ("Platform", "platform")


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_others_see_facts_and_may_change_nothing(place: Project, admin: User, role: str) -> None:
    client = browser(member(place, role, email="bob@example.com"))
    page = client.get(settings(place))
    assert "Platform" in text(page)
    assert 'name="slug"' not in page.content.decode()
    assert "Delete project" not in text(page)
    client.get(f"/projects/{place.id}/members/leave")
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post(settings(place), {**KEPT, "name": "Mine", **token}).status_code == 403
    assert client.get(deletion(place)).status_code == 403
    assert client.post(deletion(place), {"name": "Platform", **token}).status_code == 403
    place.refresh_from_db()
    assert place.name == "Platform"


def test_outside_the_project_there_is_nothing(place: Project, admin: User) -> None:
    foreigner = person("eve@example.com", organization=create_organization(name="Elsewhere"))
    outsider = person("joe@example.com", role="member")
    organization_admin = person("sue@example.com", role="admin")
    for user in (foreigner, outsider, organization_admin):
        for path in (settings(place), deletion(place), settings(Project(id=uuid.uuid4()))):
            assert browser(user).get(path).status_code == 404
    without_access = member(place, "no-access", email="max@example.com")
    assert browser(without_access).get(settings(place)).status_code == 403


def test_deletion_says_what_goes_and_asks_for_the_name(place: Project, admin: User) -> None:
    client = browser(admin)
    said = text(client.get(deletion(place)))
    assert "its 1 membership" in said
    assert "the grants they hold are given back" in said
    for wrong in ("", "platform", "Platform!"):
        refused = send(client, deletion(place), {"name": wrong})
        assert refused.status_code == 422
        assert "Type the name" in text(refused) or "This is not the name of the project." in text(refused)
    assert Project.objects.exists()
    answer = send(client, deletion(place), {"name": "Platform"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/organization/projects")
    assert not Project.objects.exists()
    assert not Membership.objects.exclude(project=None).exists()
    assert AuditEvent.objects.get(type="delete-project").metadata["name"] == "Platform"
    assert "Platform is deleted." in text(client.get("/organization/projects"))


def test_a_protected_project_says_how_it_could_be_deleted(place: Project, admin: User) -> None:
    client = browser(admin)
    Project.objects.update(has_delete_protection=True)
    assert "Switch it off above and save" in text(client.get(settings(place)))
    assert "Delete project…" not in text(client.get(settings(place)))
    assert "Delete protection is on." in text(client.get(deletion(place)))
    client.get(settings(place))
    token = client.cookies["csrftoken"].value
    refused = client.post(deletion(place), {"name": "Platform", "csrfmiddlewaretoken": token})
    assert refused.status_code == 422
    assert Project.objects.exists()
