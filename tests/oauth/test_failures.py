"""Every way in which connecting can fail is a page with a cause and a next step, and nothing is stored."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from audit.actors import ActorType
from connections.models import AppConnection
from oauth.models import OAuthAttempt
from organizations.models import Membership, MembershipRole, Project
from sandbox.gitlab import Sandbox
from tests.clients import the_organization
from tests.connections import oauth
from tests.oauth.people import PAGES, Person, asked, leave, person, text

pytestmark = pytest.mark.django_db


def begin(ann: Person, gitlab: Sandbox, **fields: Any) -> str:
    """Begin to connect, and return the address at GitLab."""
    return str(ann.start(instanceUrl=gitlab.url, **fields)["Location"])


def failed(response: Any, status: int, *said: str) -> str:
    """Return where the page leads next, after looking at what it says."""
    shown = text(response)
    assert response.status_code == status, shown
    assert "text/html" in response["Content-Type"]
    for part in said:
        assert part in shown
    assert AppConnection.objects.count() == 0
    page = response.content.decode()
    assert "Connect again" in page
    return str(page.partition(f'href="{PAGES}/new')[2].partition('"')[0])


def came_back(ann: Person, **query: str) -> Any:
    return ann.browser.get(f"{PAGES}/callback?{urlencode(query)}")


def test_denied_consent_keeps_the_form(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.deny(begin(ann, gitlab, name="platform", description="Ours", use="secret-scanning"))
    again = failed(ann.come_back(address), 400, "Access was denied", "Nothing was stored")
    form = ann.browser.get(f"{PAGES}/new{again}").content.decode()
    assert 'value="platform"' in form
    assert 'value="Ours"' in form
    assert '<option value="secret-scanning" selected>' in form


def test_an_unknown_state_is_refused(ann: Person) -> None:
    assert failed(came_back(ann, code="x", state="made-up"), 400, "does not belong to anything you started") == ""


def test_a_missing_state_is_refused(ann: Person) -> None:
    failed(came_back(ann, code="x"), 400, "does not belong to anything you started")


def test_a_state_counts_once(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.deny(begin(ann, gitlab))
    ann.come_back(address)
    failed(ann.come_back(address), 400, "This attempt is over")


def test_a_connection_is_not_made_twice_by_a_reload(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    assert ann.come_back(address).status_code == 302
    assert ann.come_back(address).status_code == 400
    assert AppConnection.objects.count() == 1


def test_after_ten_minutes_it_is_too_late(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    OAuthAttempt.objects.update(expires_at=timezone.now())
    assert "attempt=" in failed(ann.come_back(address), 400, "That took too long", "ten minutes")


def test_another_person_cannot_come_back(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    bob = person(email="bob@example.com")
    assert failed(bob.come_back(address), 403, "Somebody else began this") == ""
    failed(ann.come_back(address), 400, "This attempt is over")


def test_another_session_of_the_same_person_cannot_come_back(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    again = failed(Person(ann.user).come_back(address), 403, "Somebody else began this")
    assert "attempt=" in again, "the form that they filled in is theirs all the same"


def test_a_person_who_signed_out_meanwhile_cannot_come_back(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    ann.browser = Client(headers={"host": "127.0.0.1:8000"})
    failed(ann.come_back(address), 403, "Somebody else began this")


def test_a_state_of_another_app_is_unknown(ann: Person, gitlab: Sandbox) -> None:
    begin(ann, gitlab)
    OAuthAttempt.objects.update(app="github")
    failed(came_back(ann, code="x", state="y"), 400, "does not belong")


def test_permission_that_was_withdrawn_meanwhile_counts(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    mine = Membership.objects.get(member_type=ActorType.USER, member_id=ann.user.id)
    MembershipRole.objects.filter(membership=mine).update(role="member")
    failed(ann.come_back(address), 403, "You may not do this", "not allowed to create")


def test_a_person_who_left_meanwhile_gets_nothing(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    leave(ann.user)
    failed(ann.come_back(address), 403, "You are no longer a member")


def test_a_project_that_was_deleted_meanwhile_is_named(gitlab: Sandbox) -> None:
    project = Project.objects.create(organization=the_organization(), name="Platform", slug="platform")
    ann = person(project_roles={project: ["admin"]})
    address = gitlab.approve(begin(ann, gitlab, projectId=str(project.id)))
    Membership.objects.filter(project=project).delete()
    Project.objects.filter(pk=project.id).delete()
    failed(ann.come_back(address), 400, f"Could not find project with ID {project.id}")


def test_a_name_that_was_taken_meanwhile_is_said_and_the_grant_given_back(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(begin(ann, gitlab, name="platform"))
    ann.connect(gitlab, name="platform")
    page = ann.come_back(address)
    assert page.status_code == 400
    assert "The name is taken by now" in text(page)
    assert AppConnection.objects.count() == 1


def test_a_name_taken_before_is_said_at_its_field(ann: Person, gitlab: Sandbox) -> None:
    ann.connect(gitlab, name="platform")
    page = ann.start(instanceUrl=gitlab.url, name="platform")
    assert page.status_code == 422
    assert "already exists" in text(page)
    assert 'value="platform"' in page.content.decode()


@pytest.mark.parametrize("name", ["", "Upper", "a b", "-a", "x" * 65])
def test_a_name_that_is_none_is_said_at_its_field(ann: Person, gitlab: Sandbox, name: str) -> None:
    page = ann.start(instanceUrl=gitlab.url, name=name)
    assert page.status_code == 422
    assert "name field" in text(page)
    assert OAuthAttempt.objects.count() == 0


def test_a_wrong_client_secret_is_named(ann: Person, gitlab: Sandbox, application: Any) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    application.renew_secret()
    again = failed(ann.come_back(address), 400, "Failed to exchange OAuth code", "client secret")
    assert "attempt=" in again


def test_a_redirect_uri_that_changed_meanwhile_is_named(ann: Person, gitlab: Sandbox, settings: Any) -> None:
    address = gitlab.approve(begin(ann, gitlab))
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
def test_a_gitlab_in_trouble_is_told_as_it_is(
    ann: Person, gitlab: Sandbox, fault: str, options: Any, said: str
) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    gitlab.misbehave(fault, "/oauth/token", **options)
    failed(ann.come_back(address), 400, "Failed to exchange OAuth code", said)


def test_a_gitlab_that_cannot_be_reached_is_named(ann: Person, settings: Any) -> None:
    with Sandbox() as gone:
        oauth.configure(settings, gone)
        address = gone.approve(begin(ann, gone))
    failed(ann.come_back(address), 400, "Failed to exchange OAuth code", gone.url)


def test_a_certificate_that_is_not_trusted_names_the_missing_authority(ann: Person, settings: Any) -> None:
    with Sandbox(tls=True) as private:
        oauth.configure(settings, private)
        address = private.approve(begin(ann, private))
        failed(ann.come_back(address), 400, "was issued by", "Add that CA certificate", "EXTRA_CA_CERTS")


def test_a_gitlab_that_asks_to_wait_is_waited_for(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    gitlab.misbehave("rate-limit", "/oauth/token", retry_after=7)
    page = ann.come_back(address)
    failed(page, 429, "rate limit")
    assert page["Retry-After"] == "7"


def test_a_grant_that_does_not_work_is_given_back(ann: Person, gitlab: Sandbox) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    gitlab.misbehave("status", "/api/v4/user", status=500)
    failed(ann.come_back(address), 400, "Failed to validate credentials")
    assert any(request.path == "/oauth/revoke" for request in gitlab.requests)


def test_less_access_than_asked_for_is_given_back(ann: Person, gitlab: Sandbox) -> None:
    asked_for = begin(ann, gitlab, use="secret-scanning")
    address = gitlab.approve(asked_for.replace("scope=api+read_repository", "scope=api"))
    failed(ann.come_back(address), 400, "read_repository missing")
    assert any(request.path == "/oauth/revoke" for request in gitlab.requests)


def test_an_error_of_gitlab_is_shown_as_text(ann: Person, gitlab: Sandbox) -> None:
    state = asked(begin(ann, gitlab))["state"]
    page = came_back(ann, error="invalid_scope", error_description="<script>alert(1)</script>", state=state)
    failed(page, 400, "sent you back with an error")
    assert "<script>alert" not in page.content.decode()


def test_a_return_without_a_code_is_said(ann: Person, gitlab: Sandbox) -> None:
    failed(came_back(ann, state=asked(begin(ann, gitlab))["state"]), 400, "without an authorization code")


def test_without_a_client_the_form_says_how_to_set_it_up(ann: Person, settings: Any) -> None:
    settings.APP_CONNECTION_VARIABLES = {}
    shown = text(ann.form())
    assert "is not set up yet" in shown
    assert "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_ID" in shown
    assert oauth.CALLBACK in shown


def test_a_client_that_was_taken_away_meanwhile_is_said(ann: Person, gitlab: Sandbox, settings: Any) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    settings.APP_CONNECTION_VARIABLES = {}
    assert ann.come_back(address).status_code in {400, 500}
    assert AppConnection.objects.count() == 0


def test_an_instance_that_is_not_offered_cannot_be_chosen(ann: Person) -> None:
    page = ann.start(instanceUrl="https://evil.example.com")
    assert page.status_code == 422
    assert OAuthAttempt.objects.count() == 0


def test_who_may_create_nothing_sees_no_form(gitlab: Sandbox) -> None:
    member = person(role="member")
    assert member.form().status_code == 403
    assert member.start(instanceUrl=gitlab.url).status_code == 403


def test_an_app_without_a_browser_method_has_no_pages(ann: Person) -> None:
    assert ann.browser.get("/organization/app-connections/bitbucket/oauth/new").status_code == 404
    assert ann.browser.get("/organization/app-connections/bitbucket/oauth/callback").status_code == 404


def test_a_get_starts_nothing(ann: Person) -> None:
    assert ann.browser.get(f"{PAGES}/start").status_code == 405


def test_a_form_without_its_token_starts_nothing(ann: Person, gitlab: Sandbox) -> None:
    strict = Client(headers={"host": "127.0.0.1:8000"}, enforce_csrf_checks=True)
    strict.cookies = ann.browser.cookies
    page = strict.post(f"{PAGES}/start", {"name": "a", "instanceUrl": gitlab.url, "use": "secret-sync"})
    assert page.status_code == 403
    assert OAuthAttempt.objects.count() == 0
