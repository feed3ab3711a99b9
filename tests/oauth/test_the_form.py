"""The form before the way to GitLab: what its OAuth application needs stands beside it, or how to make one."""

import re
from typing import Any

import pytest

from organizations.models import Project
from sandbox.gitlab import Sandbox
from tests.clients import Api, the_organization
from tests.connections import oauth
from tests.connections.instances.requests import application_at, register_with_client
from tests.oauth.people import PAGES, Person, person, text

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
