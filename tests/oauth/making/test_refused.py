"""What is refused before anybody is sent anywhere: nothing is registered by it, and nothing begun."""

import pytest

from connections.models import Client, Instance
from oauth.models import OAuthAttempt
from organizations.models import Project
from organizations.services import create_organization
from sandbox.github import Sandbox
from tests.clients import the_organization
from tests.oauth.making.steps import APPS, NEW, ask, came_back, created, depend_on, known_there, make, posted
from tests.oauth.people import Person, person, text

pytestmark = pytest.mark.django_db
OWNERS = ["../..", "acme/../x", "acme?x=1", "acme evil", "a" * 40, "acme%2f", "ácme", "acme\n", "a_b", "@acme"]


@pytest.mark.parametrize("owner", OWNERS)
def test_an_owner_that_is_no_name_of_one(ann: Person, github: Sandbox, owner: str) -> None:
    answer = ask(ann, github, instanceUrl="https://github.com", owner=f".{owner}" if owner == "acme\n" else owner)
    assert answer.status_code == 422
    assert "letters, digits and hyphens" in text(answer)
    assert not OAuthAttempt.objects.exists()
    assert not Instance.objects.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "required"), ("a" * 35, "at most 34"), ("a\x07b", "can be seen"), ("a\x00b", "Null characters")],
)
def test_a_name_that_none_can_have(ann: Person, github: Sandbox, name: str, said: str) -> None:
    answer = ask(ann, github, instanceUrl="https://github.com", name=name)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Instance.objects.exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "required"),
        ("github.com", "must start with https://"),
        ("https://10.1.2.3", "Local IPs not allowed"),
        ("https://ann:pw@github.com", "user credentials"),
        ("https://github.com/../x", "must not hold"),
        ("https://github.com/" + "a" * 300, "at most 255"),
    ],
)
def test_an_address_that_may_not_be_registered(ann: Person, github: Sandbox, url: str, said: str) -> None:
    answer = ask(ann, github, instanceUrl=url)
    assert answer.status_code == 422, text(answer)
    assert said in text(answer)
    assert not OAuthAttempt.objects.exists()
    assert not Instance.objects.exists()


def test_a_member_may_not(ann: Person, github: Sandbox, instance: Instance) -> None:
    bob = person(email="bob@example.com", role="member")
    assert bob.browser.get(NEW).status_code == 403
    assert ask(bob, github).status_code == 403
    assert not OAuthAttempt.objects.exists()
    shown = text(bob.browser.get(f"/organization/instances/github/{instance.id}"))
    assert "GitHub App" in shown
    assert "Create GitHub App" not in shown


def test_whoever_may_not_is_told_whom_to_ask(github: Sandbox) -> None:
    project = Project.objects.create(organization=the_organization(), name="Platform", slug="platform")
    carol = person(email="carol@example.com", role="member", project_roles={project: ["admin"]})
    page = carol.browser.get(f"{APPS}/oauth/new", {"method": "github-app", "project": str(project.id)})
    assert "Ask an admin of" in text(page)
    assert NEW not in page.content.decode()


def test_another_organization_makes_one_of_its_own(ann: Person, github: Sandbox, instance: Instance) -> None:
    make(ann, github)
    stranger = person(email="eve@example.com", organization=create_organization(name="Out"))
    answer = ask(stranger, github)
    assert answer.status_code == 422
    assert "register it with" in text(answer), "their GitHub is not registered, and at a private address"
    assert stranger.browser.get(f"/organization/instances/github/{instance.id}").status_code == 404
    assert Client.objects.count() == 1


def test_connections_keep_their_client(ann: Person, github: Sandbox) -> None:
    instance = known_there(ann)
    depend_on(instance)
    answer = ask(ann, github, instanceUrl=instance.url, replaces="on")
    assert answer.status_code == 422
    assert "1 connection depends on https://github.com" in text(answer)
    assert not OAuthAttempt.objects.exists()


def test_connections_that_were_made_meanwhile_keep_their_client(ann: Person, github: Sandbox) -> None:
    instance = known_there(ann)
    state = posted(ask(ann, github, instanceUrl=instance.url, replaces="on")).state
    depend_on(instance)
    answer = came_back(ann, state=state, code="x")
    assert answer.status_code == 400
    assert "1 connection depends on https://github.com" in text(answer)
    assert Client.objects.get().client_id == "Iv1.present"
    assert created() == []


def test_too_many_at_once(ann: Person, github: Sandbox, instance: Instance) -> None:
    for _ in range(50):
        posted(ask(ann, github))
    answer = ask(ann, github)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["gitlab/clients/oauth/new", "github/clients/oauth/new", "github/clients/x/new"])
def test_there_is_no_such_page_where_no_server_makes_any(ann: Person, path: str) -> None:
    assert ann.browser.get(f"/organization/app-connections/{path}").status_code == 404
    assert ann.browser.get("/organization/app-connections/gitlab/clients/made").status_code == 404
