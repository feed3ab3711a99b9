"""A person presses Connect, gives access at GitLab, and has a connection."""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from audit.models import AuditEvent
from connections.models import AppConnection
from oauth.models import OAuthAttempt
from organizations.models import Project
from sandbox.gitlab import Sandbox
from tests.clients import the_organization
from tests.connections import oauth
from tests.oauth.people import asked, person, text

pytestmark = pytest.mark.django_db


def test_the_way_there_carries_what_oauth_asks_for(gitlab: Sandbox, application: Any) -> None:
    started = person().start(instanceUrl=gitlab.url)
    assert started.status_code == 302
    assert started["Location"].startswith(f"{gitlab.url}/oauth/authorize?")
    query = asked(started["Location"])
    assert query.pop("state")
    assert len(query.pop("code_challenge")) == 43
    assert query == {
        "client_id": application.client_id,
        "code_challenge_method": "S256",
        "redirect_uri": oauth.CALLBACK,
        "response_type": "code",
        "scope": "api",
    }


def test_the_challenge_is_the_digest_of_a_verifier_that_stays_here(gitlab: Sandbox) -> None:
    started = person().start(instanceUrl=gitlab.url)
    verifier = OAuthAttempt.objects.get().open_verifier()
    digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert asked(started["Location"])["code_challenge"] == digest
    assert verifier not in started["Location"]


@pytest.mark.parametrize(("use", "scope"), [("secret-sync", "api"), ("secret-scanning", "api read_repository")])
def test_the_use_decides_the_scopes(gitlab: Sandbox, use: str, scope: str) -> None:
    assert asked(person().start(instanceUrl=gitlab.url, use=use)["Location"])["scope"] == scope


def test_consent_makes_a_connection(gitlab: Sandbox) -> None:
    ann = person()
    returned = ann.connect(gitlab, name="platform", description="For the platform team")
    assert returned.status_code == 302
    connection = AppConnection.objects.get()
    assert returned["Location"] == f"/organization/app-connections/{connection.id}"
    assert (connection.name, connection.description, connection.method) == (
        "platform",
        "For the platform team",
        "oauth",
    )
    assert connection.public == {"instanceUrl": gitlab.url}
    assert connection.account is not None
    assert connection.account["username"] == "ann"
    assert connection.scopes == ["api"]
    assert connection.status == "healthy"
    assert "platform is connected" in text(ann.browser.get(returned["Location"]))


def test_the_person_is_in_the_audit_log(gitlab: Sandbox) -> None:
    ann = person()
    ann.connect(gitlab)
    event = AuditEvent.objects.get(type="create-app-connection")
    assert (event.actor_type, event.actor_id, event.actor_name) == ("user", ann.user.id, "ann@example.com")


def test_a_project_gets_a_connection_of_its_own(gitlab: Sandbox) -> None:
    project = Project.objects.create(organization=the_organization(), name="Platform", slug="platform")
    ann = person(role="member", project_roles={project: ["admin"]})
    assert ann.connect(gitlab, projectId=str(project.id)).status_code == 302
    assert AppConnection.objects.get().project_id == project.id


def test_the_way_back_leads_to_where_the_person_came_from(gitlab: Sandbox) -> None:
    returned = person().connect(gitlab, returnTo="/organization/app-connections?page=2")
    assert returned["Location"] == "/organization/app-connections?page=2"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.com/", "//evil.example.com", "javascript:alert(1)", "x" * 600]
)
def test_the_way_back_leads_nowhere_else(gitlab: Sandbox, elsewhere: str) -> None:
    started = person().start(instanceUrl=gitlab.url, returnTo=elsewhere)
    if started.status_code == 302:
        assert OAuthAttempt.objects.get().return_to == "/organization/app-connections"


def test_nothing_secret_is_stored_in_the_clear(gitlab: Sandbox) -> None:
    ann = person()
    started = ann.start(instanceUrl=gitlab.url)
    state = asked(started["Location"])["state"]
    row = str(OAuthAttempt.objects.values().get())
    assert state not in row
    assert OAuthAttempt.objects.get().open_verifier() not in row
    assert (ann.browser.session.session_key or "?") not in row


def test_two_tabs_do_not_disturb_each_other(gitlab: Sandbox) -> None:
    ann = person()
    first = ann.start(instanceUrl=gitlab.url, name="first")["Location"]
    second = ann.start(instanceUrl=gitlab.url, name="second")["Location"]
    ann.come_back(gitlab.approve(second, "bob"))
    ann.come_back(gitlab.approve(first, "ann"))
    found = {c.name: (c.account or {})["username"] for c in AppConnection.objects.all()}
    assert found == {"first": "ann", "second": "bob"}


def test_two_people_do_not_disturb_each_other(gitlab: Sandbox) -> None:
    ann, bob = person(), person(email="bob@example.com")
    of_ann = ann.start(instanceUrl=gitlab.url, name="of-ann")["Location"]
    of_bob = bob.start(instanceUrl=gitlab.url, name="of-bob")["Location"]
    bob.come_back(gitlab.approve(of_bob, "bob"))
    ann.come_back(gitlab.approve(of_ann, "ann"))
    assert {c.name for c in AppConnection.objects.all()} == {"of-ann", "of-bob"}
