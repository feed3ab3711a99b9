"""A new project, filled in on a page."""

import pytest

from audit.models import AuditEvent
from organizations.models import Project
from tests.oauth.people import text
from tests.people import browser, person, send
from tests.projects import project, roles_of

pytestmark = pytest.mark.django_db
NEW = "/organization/projects/new"


@pytest.mark.parametrize("role", ["admin", "member"])
def test_whoever_makes_a_project_is_its_admin(role: str) -> None:
    ann = person(role=role)
    answer = send(browser(ann), NEW, {"name": " Platform ", "slug": "platform-team", "description": "Ours"})
    made = Project.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/projects/{made.id}/members")
    assert (made.name, made.slug, made.description) == ("Platform", "platform-team", "Ours")
    assert roles_of(ann, made) == ["admin"]
    assert AuditEvent.objects.get(type="create-project").actor_id == ann.id


def test_without_a_slug_it_is_made_of_the_name() -> None:
    send(browser(person()), NEW, {"name": "Die Plattform", "slug": ""})
    assert Project.objects.get().slug.startswith("die-plattform-")


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"name": ""}, "name", "Give the project a name."),
        ({"name": "   "}, "name", "Give the project a name."),
        ({"name": "n" * 65}, "name", "Name must be 64 or fewer characters"),
        ({"name": "n\0"}, "name", "Null characters are not allowed."),
        ({"slug": "abcd"}, "slug", "Slug must be 5 or more characters"),
        ({"slug": "Platform"}, "slug", "Slug can only contain"),
        ({"slug": "a--platform"}, "slug", "Slug can only contain"),
        ({"slug": "../../etc"}, "slug", "Slug can only contain"),
        ({"slug": "platform\u0661"}, "slug", "Slug can only contain"),
        ({"slug": "s" * 65}, "slug", "Slug must be 64 or fewer characters"),
        ({"description": "d" * 1025}, "description", "Description must be 1024 or fewer characters"),
    ],
)
def test_a_fault_stands_at_its_field_and_the_input_is_kept(fields: dict[str, str], field: str, words: str) -> None:
    answer = send(
        browser(person()), NEW, {"name": "Kept", "slug": "kept-slug", "description": "Kept too", **fields}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "<title>Error: Create project" in page
    assert words in page.split(f'for="id_{field}"')[1].split('class="field"')[0]
    assert "Kept" in page
    assert not Project.objects.exists()


def test_a_slug_that_is_taken_is_said_at_the_field() -> None:
    project("Platform", slug="platform")
    answer = send(browser(person()), NEW, {"name": "Other", "slug": "platform"})
    assert answer.status_code == 422
    assert "already exists in your organization" in text(answer)
    assert Project.objects.count() == 1


def test_whose_role_does_not_allow_it_gets_a_403() -> None:
    client = browser(person(role="no-access"))
    assert client.get(NEW).status_code == 403
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value} if "csrftoken" in client.cookies else {}
    assert client.post(NEW, {"name": "Mine", **token}).status_code == 403
    assert client.get(f"{NEW}/slugs?name=Platform").status_code == 403
    assert not Project.objects.exists()


def test_slugs_are_suggested_while_the_name_is_filled_in() -> None:
    client = browser(person())
    assert 'value="platform-team"' in client.get(f"{NEW}/slugs?name=Platform+Team").content.decode()
    project("Platform Team")
    taken = client.get(f"{NEW}/slugs?name=Platform+Team").content.decode()
    assert 'value="platform-team"' not in taken
    assert 'value="platform-team-' in taken
    assert "<b>" not in client.get(f"{NEW}/slugs?name=%3Cb%3E").content.decode()
