"""The form before the way to GitLab: what its OAuth application needs stands beside it, or how to make one."""

import re
from typing import Any

import pytest

from connections.models import AppConnection
from organizations.models import Project
from sandbox.github import Sandbox as GitHub
from sandbox.gitlab import Sandbox
from tests.clients import Api, the_organization
from tests.connections import oauth
from tests.connections.github import world as at_github
from tests.connections.instances.requests import application_at, register_with_client
from tests.oauth.people import PAGES, Person, asked, connected, person, text
from tests.oauth.ways import GITHUB, GITHUB_APP, Installing

pytestmark = pytest.mark.django_db
COPY = 'data-copy="{}" data-copied="Redirect URI copied"'


def test_redirect_uri_and_scopes_stand_beside_it(ann: Person, admin: Api, gitlab: Sandbox) -> None:
    with Sandbox() as other:
        instance = register_with_client(admin, other, application_at(other))
    page = ann.form()
    for uri in (oauth.CALLBACK, instance["redirectUri"]):
        assert COPY.format(uri) in page.content.decode()
    assert "Scopes for secret sync api" in text(page)
    assert "Scopes for secret scanning api , read_repository" in text(page)


def test_the_form_is_an_ordinary_one_that_may_lead_to_the_instances(ann: Person, gitlab: Sandbox) -> None:
    page = ann.form()
    form = re.search(rf'<form method="post" action="{PAGES}/start"[^>]*>', page.content.decode())
    assert form
    assert "hx-" not in form[0]
    allowed = page["Content-Security-Policy"].partition("form-action ")[2].partition(";")[0]
    assert gitlab.url in allowed.split()


def test_the_project_that_is_asked_for_is_chosen(gitlab: Sandbox) -> None:
    project = Project.objects.create(organization=the_organization(), name="Platform", slug="platform")
    hidden = Project.objects.create(organization=the_organization(), name="Payroll", slug="payroll")
    ann = person(project_roles={project: ["admin"]})
    assert f'<option value="{project.id}" selected>' in ann.form(project=project.id).content.decode()
    page = ann.form(project=hidden.id).content.decode().partition("<main")[2]
    assert str(hidden.id) not in page
    assert "Payroll" not in page


def test_it_leads_back_to_the_page_that_asked_for_it(ann: Person, gitlab: Sandbox) -> None:
    assert 'href="/projects?a=b">Cancel</a>' in ann.form(next="/projects?a=b").content.decode()
    assert ann.connect(gitlab, returnTo="/projects?a=b")["Location"] == "/projects?a=b"


@pytest.mark.parametrize("hostile", ["https://evil.example.com", "//evil.example.com", "javascript:alert(1)"])
def test_it_leads_nowhere_else(ann: Person, gitlab: Sandbox, hostile: str) -> None:
    assert hostile not in ann.form(next=hostile).content.decode().partition("<main")[2]
    refused = ann.start(instanceUrl=gitlab.url, name="Not A Name", returnTo=hostile)
    assert f'href="{hostile}"' not in refused.content.decode()


class TestWithoutAnApplication:
    @pytest.fixture(autouse=True)
    def _nothing_is_set(self, application: Any, settings: Any) -> None:
        settings.APP_CONNECTION_VARIABLES = {}

    def test_both_ways_to_one_are_told(self, ann: Person) -> None:
        page = ann.form()
        assert COPY.format(oauth.CALLBACK) in page.content.decode()
        said = text(page)
        assert "https://gitlab.com" in said
        assert "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_SECRET" in said
        assert "Scopes for secret scanning api , read_repository" in said
        assert "Register it with an OAuth application of its own" in said
        assert 'href="/organization/instances/gitlab/new">Register instance' in page.content.decode()

    def test_the_way_without_one_is_told(self, ann: Person) -> None:
        assert 'href="/organization/app-connections/gitlab/new/access-token"' in ann.form().content.decode()

    def test_who_may_not_register_instances_is_told_whom_to_ask(self) -> None:
        project = Project.objects.create(organization=the_organization(), name="Platform", slug="platform")
        bob = person(email="bob@example.com", role="member", project_roles={project: ["admin"]})
        page = bob.form()
        assert "An admin of Example does that." in text(page)
        assert "Register instance" not in text(page)

    def test_who_may_create_nothing_does_not_see_it(self) -> None:
        assert person(role="member").form().status_code == 403


class TestOfGitHub:
    @pytest.fixture(autouse=True)
    def _clients(self, github: GitHub, settings: Any) -> None:
        at_github.configure(settings, github)

    def test_consent_asks_for_scopes_and_an_installation_for_permissions(self, ann: Person) -> None:
        consent, installation = text(ann.by(GITHUB).form()), text(ann.by(GITHUB_APP).form())
        assert "Scopes for secret sync repo , admin:org" in consent
        assert "Permissions" not in consent
        assert "Permissions actions read, environments write" in installation
        assert "Scopes" not in installation

    def test_where_one_client_lacks_the_method_by_the_other_is_offered(self, ann: Person, settings: Any) -> None:
        known = settings.APP_CONNECTION_VARIABLES
        settings.APP_CONNECTION_VARIABLES = {name: known[name] for name in known if "_GITHUB_APP_" in name}
        page = ann.by(GITHUB).form()
        assert "No OAuth app is known here." in text(page)
        assert 'oauth/new?method=github-app">Connect by GitHub App' in page.content.decode()
        settings.APP_CONNECTION_VARIABLES = {}
        page = ann.by(GITHUB_APP).form()
        assert "Tick “Request user authorization (OAuth) during installation”" in text(page)
        assert "Permissions actions read, environments write" in text(page)
        assert "Connect by Personal Access Token" in text(page)
        assert "Connect by OAuth" not in text(page)

    def test_what_may_come_in_between_is_told_before(self, ann: Person) -> None:
        assert "Press Grant, or Request" in text(ann.by(GITHUB).form())
        said = text(ann.by(GITHUB_APP).form())
        assert "choose an account and which of its repositories" in said
        assert "its owners may have to approve the App" in said

    def test_a_new_app_is_installed_and_one_that_is_connected_is_there(self, ann: Person, github: GitHub) -> None:
        ann = ann.by(GITHUB_APP)
        assert '<option value="install" selected>Install it now' in ann.form().content.decode()
        old = connected(ann, Installing(github))
        page = ann.form(connection=old.id)
        assert '<option value="installed" selected>It is installed already' in page.content.decode()
        assert f"You go to {github.url} and show there who you are." in text(page)
        AppConnection.objects.filter(pk=old.id).update(status="reconnect_required")
        assert '<option value="install" selected>' in ann.form(connection=old.id).content.decode()

    def test_what_is_asked_for_is_chosen_and_nothing_else_is(self, ann: Person, github: GitHub) -> None:
        page = ann.by(GITHUB_APP).form(use="installed", instanceUrl=github.url).content.decode()
        assert '<option value="installed" selected>' in page
        assert f'<option value="{github.url}" selected>' in page
        hostile = ann.by(GITHUB).form(use="admin", instanceUrl="https://evil.example.com").content.decode()
        assert 'name="use" value="secret-sync"' in hostile
        assert "evil" not in hostile.partition("<main")[2]

    def test_a_registered_instance_is_come_back_from_by_its_own_way(
        self, ann: Person, admin: Api, github: GitHub, settings: Any
    ) -> None:
        settings.APP_CONNECTION_VARIABLES = {}
        application = at_github.application_at(github)
        answer = admin.post(
            "/api/v1/app-connections/github/instances",
            {
                "instanceUrl": github.url,
                "clientId": application.client_id,
                "clientSecrets": [application.client_secret],
                "caPem": github.ca_pem.decode(),
                "allowPrivate": True,
            },
        )
        instance = answer.json()["instance"]
        application.callback_urls = (instance["redirectUri"],)
        ann = ann.by(GITHUB)
        started = ann.start(instanceUrl=github.url)
        assert asked(started["Location"])["redirect_uri"] == instance["redirectUri"]
        back = github.approve(started["Location"])
        wrong = ann.browser.get(f"{GITHUB.pages}/callback", asked(back))
        assert "You came back another way" in text(wrong)
        again = github.approve(ann.start(instanceUrl=github.url)["Location"])
        assert ann.come_back(again).status_code == 302
