"""A person presses Connect, says yes at the server, and has a connection, whichever way they go."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence

import pytest

from audit.models import AuditEvent
from connections.models import AppConnection
from connections.providers import PROVIDERS
from oauth.models import OAuthAttempt
from organizations.models import Project
from tests.clients import the_organization
from tests.oauth.people import Person, asked, person, text
from tests.oauth.ways import CONSENTING, Forge, Way

pytestmark = pytest.mark.django_db


def scopes_of(way: Way) -> Sequence[str]:
    """Return the scopes that are asked for."""
    assert way.declared.oauth
    return next(use.scopes for use in way.declared.oauth.uses if use.name == way.use)


@pytest.mark.parametrize("way", CONSENTING, indirect=True)
def test_the_challenge_is_the_digest_of_a_verifier_that_stays_here(ann: Person, forge: Forge) -> None:
    started = ann.start(instanceUrl=forge.url)
    verifier = OAuthAttempt.objects.get().open_verifier()
    digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert asked(started["Location"])["code_challenge"] == digest
    assert verifier not in started["Location"]
    assert verifier not in str(OAuthAttempt.objects.values().get())


def test_consent_makes_a_connection(ann: Person, forge: Forge) -> None:
    returned = ann.connect(forge, name="platform", description="For the platform team")
    assert returned.status_code == 302
    connection = AppConnection.objects.get()
    assert returned["Location"] == f"/organization/app-connections/{connection.id}"
    assert (connection.app, connection.method) == (ann.way.app, ann.way.method)
    assert (connection.name, connection.description) == ("platform", "For the platform team")
    assert connection.public == PROVIDERS[ann.way.app].credentials_at(forge.url)
    assert connection.account is not None
    assert connection.account["username"] == "ann"
    assert set(connection.scopes) == set(scopes_of(ann.way))
    assert connection.status == "healthy"
    assert "platform is connected" in text(ann.browser.get(returned["Location"]))


def test_the_person_is_in_the_audit_log(ann: Person, forge: Forge) -> None:
    ann.connect(forge)
    event = AuditEvent.objects.get(type="create-app-connection")
    assert (event.actor_type, event.actor_id, event.actor_name) == ("user", ann.user.id, "ann@example.com")


def test_a_project_gets_a_connection_of_its_own(way: Way, forge: Forge) -> None:
    project = Project.objects.create(organization=the_organization(), name="Platform", slug="platform")
    ann = person(role="member", project_roles={project: ["admin"]}, way=way)
    assert ann.connect(forge, projectId=str(project.id)).status_code == 302
    assert AppConnection.objects.get().project_id == project.id


def test_the_way_back_leads_to_where_the_person_came_from(ann: Person, forge: Forge) -> None:
    returned = ann.connect(forge, returnTo="/organization/app-connections?page=2")
    assert returned["Location"] == "/organization/app-connections?page=2"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.com/", "//evil.example.com", "javascript:alert(1)", "x" * 600]
)
def test_the_way_back_leads_nowhere_else(ann: Person, forge: Forge, elsewhere: str) -> None:
    started = ann.start(instanceUrl=forge.url, returnTo=elsewhere)
    if started.status_code == 302:
        assert OAuthAttempt.objects.get().return_to == "/organization/app-connections"


def test_nothing_secret_is_stored_in_the_clear(ann: Person, forge: Forge) -> None:
    started = ann.start(instanceUrl=forge.url)
    state = asked(started["Location"])["state"]
    row = str(OAuthAttempt.objects.values().get())
    assert state not in row
    assert (ann.browser.session.session_key or "?") not in row


def test_two_tabs_do_not_disturb_each_other(ann: Person, forge: Forge) -> None:
    first = ann.start(instanceUrl=forge.url, name="first")["Location"]
    second = ann.start(instanceUrl=forge.url, name="second")["Location"]
    ann.come_back(forge.approve(second, "bob"))
    ann.come_back(forge.approve(first, "ann"))
    found = {c.name: (c.account or {})["username"] for c in AppConnection.objects.all()}
    assert found == {"first": "ann", "second": "bob"}


def test_two_people_do_not_disturb_each_other(ann: Person, forge: Forge) -> None:
    bob = ann.colleague(email="bob@example.com")
    of_ann = ann.start(instanceUrl=forge.url, name="of-ann")["Location"]
    of_bob = bob.start(instanceUrl=forge.url, name="of-bob")["Location"]
    bob.come_back(forge.approve(of_bob, "bob"))
    ann.come_back(forge.approve(of_ann, "ann"))
    assert {c.name for c in AppConnection.objects.all()} == {"of-ann", "of-bob"}
