"""Every way in which connecting can fail is a page with a cause and a next step, and nothing is stored."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.actors import ActorType
from connections.models import AppConnection
from connections.providers import PROVIDERS
from oauth.models import OAuthAttempt
from organizations.models import Membership, MembershipRole, Project
from tests.clients import the_organization
from tests.oauth.failing import begin, came_back, failed
from tests.oauth.people import Person, asked, leave, person, text
from tests.oauth.ways import CONSENTING, Forge, Way, given_back

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("way", CONSENTING, indirect=True)
def test_denied_consent_keeps_the_form(ann: Person, forge: Forge) -> None:
    address = forge.deny(begin(ann, forge, name="platform", description="Ours"))
    again = failed(ann.come_back(address), 400, "Access was denied", "Nothing was stored")
    form = ann.browser.get(f"{ann.way.pages}/new{again.replace('&amp;', '&')}").content.decode()
    assert 'value="platform"' in form
    assert 'value="Ours"' in form


def test_an_unknown_state_is_refused(ann: Person) -> None:
    assert failed(came_back(ann, code="x", state="made-up"), 400, "does not belong to anything you started") == ""


def test_a_missing_state_is_refused(ann: Person) -> None:
    failed(came_back(ann, code="x"), 400, "does not belong to anything you started")


@pytest.mark.parametrize("way", CONSENTING, indirect=True)
def test_a_state_counts_once(ann: Person, forge: Forge) -> None:
    address = forge.deny(begin(ann, forge))
    ann.come_back(address)
    failed(ann.come_back(address), 400, "This attempt is over")


def test_a_connection_is_not_made_twice_by_a_reload(ann: Person, forge: Forge) -> None:
    address = forge.approve(begin(ann, forge))
    assert ann.come_back(address).status_code == 302
    assert ann.come_back(address).status_code == 400
    assert AppConnection.objects.count() == 1


def test_after_ten_minutes_it_is_too_late(ann: Person, forge: Forge) -> None:
    address = forge.approve(begin(ann, forge))
    OAuthAttempt.objects.update(expires_at=timezone.now())
    assert "attempt=" in failed(ann.come_back(address), 400, "That took too long", "ten minutes")


def test_another_person_cannot_come_back(ann: Person, forge: Forge) -> None:
    address = forge.approve(begin(ann, forge))
    bob = ann.colleague(email="bob@example.com")
    assert failed(bob.come_back(address), 403, "Somebody else began this") == ""
    failed(ann.come_back(address), 400, "This attempt is over")


def test_another_session_of_the_same_person_cannot_come_back(ann: Person, forge: Forge) -> None:
    address = forge.approve(begin(ann, forge))
    again = failed(ann.elsewhere().come_back(address), 403, "Somebody else began this")
    assert "attempt=" in again, "the form that they filled in is theirs all the same"


def test_a_person_who_signed_out_meanwhile_cannot_come_back(ann: Person, forge: Forge) -> None:
    address = forge.approve(begin(ann, forge))
    ann.browser = Client(headers={"host": "127.0.0.1:8000"})
    failed(ann.come_back(address), 403, "Somebody else began this")


def test_permission_that_was_withdrawn_meanwhile_counts(ann: Person, forge: Forge) -> None:
    address = forge.approve(begin(ann, forge))
    mine = Membership.objects.get(member_type=ActorType.USER, member_id=ann.user.id)
    MembershipRole.objects.filter(membership=mine).update(role="member")
    failed(ann.come_back(address), 403, "You may not do this", "not allowed to create")


def test_a_person_who_left_meanwhile_gets_nothing(ann: Person, forge: Forge) -> None:
    address = forge.approve(begin(ann, forge))
    leave(ann.user)
    failed(ann.come_back(address), 403, "You are no longer a member")


def test_a_project_that_was_deleted_meanwhile_is_named(way: Way, forge: Forge) -> None:
    project = Project.objects.create(organization=the_organization(), name="Platform", slug="platform")
    ann = person(project_roles={project: ["admin"]}, way=way)
    address = forge.approve(begin(ann, forge, projectId=str(project.id)))
    Membership.objects.filter(project=project).delete()
    Project.objects.filter(pk=project.id).delete()
    failed(ann.come_back(address), 400, f"Could not find project with ID {project.id}")


def test_a_name_that_was_taken_meanwhile_is_said_and_the_grant_given_back(ann: Person, forge: Forge) -> None:
    address = forge.approve(begin(ann, forge, name="platform"))
    ann.connect(forge, name="platform", user="bob")
    page = ann.come_back(address)
    assert page.status_code == 400
    assert "The name is taken by now" in text(page)
    assert AppConnection.objects.count() == 1


def test_a_name_taken_before_is_said_at_its_field(ann: Person, forge: Forge) -> None:
    ann.connect(forge, name="platform")
    page = ann.start(instanceUrl=forge.url, name="platform")
    assert page.status_code == 422
    assert "already exists" in text(page)
    assert 'value="platform"' in page.content.decode()


@pytest.mark.parametrize("name", ["", "Upper", "a b", "-a", "x" * 65])
def test_a_name_that_is_none_is_said_at_its_field(ann: Person, forge: Forge, name: str) -> None:
    page = ann.start(instanceUrl=forge.url, name=name)
    assert page.status_code == 422
    assert "name field" in text(page)
    assert OAuthAttempt.objects.count() == 0


def test_a_wrong_client_secret_is_named(ann: Person, forge: Forge, application: Any) -> None:
    address = forge.approve(begin(ann, forge))
    application.renew_secret()
    again = failed(ann.come_back(address), 400, ann.way.refused, "client secret")
    assert "attempt=" in again


def test_a_redirect_uri_that_changed_meanwhile_is_named(ann: Person, forge: Forge, settings: Any) -> None:
    address = forge.approve(begin(ann, forge))
    settings.SITE_URL = "http://127.0.0.1:8000/elsewhere"
    failed(ann.come_back(address), 400, "came back another way", "redirect URI")


@pytest.mark.parametrize(
    ("fault", "options", "said"),
    [
        ("html", {}, "an HTML page instead of JSON"),
        ("status", {"status": 502}, "502"),
        ("close", {}, ""),
        ("redirect", {"to": "https://example.com/"}, "redirect"),
        ("not-json", {}, "JSON"),
    ],
)
def test_a_server_in_trouble_is_told_as_it_is(
    ann: Person, forge: Forge, fault: str, options: Any, said: str
) -> None:
    address = forge.approve(begin(ann, forge))
    forge.misbehave(fault, ann.way.token, **options)
    failed(ann.come_back(address), 400, ann.way.refused, said)


def test_a_grant_that_does_not_work_is_given_back(ann: Person, forge: Forge) -> None:
    address = forge.approve(begin(ann, forge))
    forge.misbehave("status", ann.way.proof, status=500)
    failed(ann.come_back(address), 400, ann.way.declared.refusal)
    assert given_back(forge)


def test_an_error_of_the_server_is_shown_as_text(ann: Person, forge: Forge) -> None:
    state = asked(begin(ann, forge))["state"]
    page = came_back(ann, error="invalid_scope", error_description="<script>alert(1)</script>", state=state)
    failed(page, 400, "sent you back with an error")
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("way", CONSENTING, indirect=True)
def test_a_return_without_a_code_is_said(ann: Person, forge: Forge) -> None:
    failed(came_back(ann, state=asked(begin(ann, forge))["state"]), 400, "without an authorization code")


def test_without_a_client_the_form_says_how_to_set_it_up(
    ann: Person, way: Way, application: Any, settings: Any
) -> None:
    settings.APP_CONNECTION_VARIABLES = {}
    shown = text(ann.form())
    assert "is not set up yet" in shown
    kind = PROVIDERS[way.app].client_of(way.declared)
    assert kind is not None
    assert kind.variables.client_id in shown
    assert way.callback in shown


def test_a_client_that_was_taken_away_meanwhile_is_said(ann: Person, forge: Forge, settings: Any) -> None:
    address = forge.approve(begin(ann, forge))
    settings.APP_CONNECTION_VARIABLES = {}
    assert ann.come_back(address).status_code in {400, 500}
    assert AppConnection.objects.count() == 0


def test_an_instance_that_is_not_offered_cannot_be_chosen(ann: Person) -> None:
    page = ann.start(instanceUrl="https://evil.example.com")
    assert page.status_code == 422
    assert OAuthAttempt.objects.count() == 0


def test_who_may_create_nothing_sees_no_form(way: Way, forge: Forge) -> None:
    member = person(role="member", way=way)
    assert member.form().status_code == 403
    assert member.start(instanceUrl=forge.url).status_code == 403


def test_a_get_starts_nothing(ann: Person) -> None:
    assert ann.browser.get(f"{ann.way.pages}/start").status_code == 405


def test_a_form_without_its_token_starts_nothing(ann: Person, forge: Forge) -> None:
    strict = Client(headers={"host": "127.0.0.1:8000"}, enforce_csrf_checks=True)
    strict.cookies = ann.browser.cookies
    page = strict.post(f"{ann.way.pages}/start", {"name": "a", "instanceUrl": forge.url, "use": "secret-sync"})
    assert page.status_code == 403
    assert OAuthAttempt.objects.count() == 0
