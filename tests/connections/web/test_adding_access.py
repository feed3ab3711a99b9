"""Who may add a connection, and where: nobody learns of a project or an instance by trying."""

import uuid

import pytest
from django.test import Client

from connections.models import AppConnection
from connections.providers import PROVIDERS
from organizations.models import Project
from organizations.services import create_organization
from sandbox.gitlab import Sandbox
from tests.clients import Api, the_organization
from tests.connections.instances.requests import application_at, register, register_with_client
from tests.connections.web.adding import BY_TOKEN, CHOOSE, errors_at, fields, fill_in, main
from tests.connections.web.pages import project, text, title
from tests.oauth.people import PAGES, connected
from tests.oauth.people import person as member_of
from tests.people import browser, person

pytestmark = pytest.mark.django_db
UNKNOWN = [
    "/organization/app-connections/new?app=bitbucket",
    "/organization/app-connections/bitbucket/new/access-token",
    "/organization/app-connections/gitlab/new/oauth",
    "/organization/app-connections/gitlab/new/password",
]


@pytest.fixture
def ours(db: None) -> Project:
    return project("platform")


@pytest.fixture
def theirs(db: None) -> Project:
    """A project of the same organization that nobody here is in."""
    return project("payroll")


def admin_of(*projects: Project, role: str = "member") -> Client:
    somebody = member_of(email="bob@example.com", role=role, project_roles={one: ["admin"] for one in projects})
    return browser(somebody.user)


@pytest.mark.parametrize("address", [CHOOSE, BY_TOKEN, f"{PAGES}/new"])
def test_who_is_not_signed_in_signs_in_first(db: None, address: str) -> None:
    answer = browser().get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in?next={address}")


@pytest.mark.parametrize("role", ["member", "no-access"])
@pytest.mark.parametrize("address", [CHOOSE, BY_TOKEN, f"{PAGES}/new"])
def test_who_may_create_nowhere_is_told_whom_to_ask(db: None, role: str, address: str) -> None:
    answer = browser(person(role=role)).get(address)
    assert answer.status_code == 403
    assert "You may not create connections in this organization, nor in any of its projects." in text(answer)
    assert "Ask an admin" in text(answer)


@pytest.mark.parametrize("role", ["member", "viewer", "no-access"])
def test_a_weak_role_in_a_project_is_not_enough(ours: Project, gitlab: Sandbox, role: str) -> None:
    somebody = member_of(email="bob@example.com", role="member", project_roles={ours: [role]})
    assert somebody.browser.get(BY_TOKEN).status_code == 403
    assert somebody.browser.post(BY_TOKEN, fields(gitlab, projectId=str(ours.id))).status_code == 403
    assert not AppConnection.objects.exists()


def test_only_places_are_offered_where_they_may_create(ours: Project, theirs: Project) -> None:
    page = admin_of(ours).get(BY_TOKEN).content.decode()
    assert "Project Platform" in page
    assert "Payroll" not in page
    assert str(theirs.id) not in page
    assert "The organization: usable" not in page


def test_a_project_admin_creates_in_the_project(ours: Project, gitlab: Sandbox) -> None:
    assert fill_in(admin_of(ours), gitlab, projectId=str(ours.id)).status_code == 302
    assert AppConnection.objects.get().project_id == ours.id


@pytest.mark.parametrize("place", ["theirs", "nowhere", ""])
def test_a_place_that_was_not_offered_cannot_be_chosen(
    ours: Project, theirs: Project, gitlab: Sandbox, place: str
) -> None:
    chosen = {"theirs": str(theirs.id), "nowhere": str(uuid.uuid4()), "": ""}[place]
    answer = fill_in(admin_of(ours), gitlab, projectId=chosen)
    assert answer.status_code in {403, 422}
    assert "Payroll" not in answer.content.decode()
    assert not AppConnection.objects.exists()


def test_the_project_that_is_asked_for_is_chosen(ours: Project, theirs: Project) -> None:
    ann = browser(member_of(project_roles={ours: ["admin"]}).user)
    assert f'<option value="{ours.id}" selected>' in ann.get(BY_TOKEN, {"project": str(ours.id)}).content.decode()
    for foreign in (str(theirs.id), str(uuid.uuid4()), "'\"><b>"):
        page = main(ann.get(BY_TOKEN, {"project": foreign}))
        assert foreign not in page
        assert f'<option value="{ours.id}">' in page


def test_the_choice_hands_project_and_way_back_on(ours: Project) -> None:
    ann = browser(member_of(project_roles={ours: ["admin"]}).user)
    page = ann.get(CHOOSE, {"app": "gitlab", "project": str(ours.id), "next": "/projects"}).content.decode()
    assert f'href="{BY_TOKEN}?project={ours.id}&amp;next=%2Fprojects"' in page
    assert f'href="{PAGES}/new?method=oauth&amp;project={ours.id}&amp;next=%2Fprojects"' in page


def test_another_organizations_instances_are_not_offered(admin: Api) -> None:
    register(admin, "https://gitlab.example.com")
    elsewhere = browser(person("eve@example.com", organization=create_organization(name="Elsewhere")))
    assert "https://gitlab.example.com</option>" not in elsewhere.get(BY_TOKEN).content.decode()


def test_who_may_not_know_the_instances_is_offered_none(ours: Project, admin: Api) -> None:
    register(admin, "https://gitlab.example.com")
    assert "https://gitlab.example.com</option>" in admin_of(ours).get(BY_TOKEN).content.decode()
    outsider = member_of(email="eve@example.com", role="no-access", project_roles={ours: ["admin"]})
    assert "https://gitlab.example.com</option>" not in outsider.browser.get(BY_TOKEN).content.decode()


def test_oauth_names_an_instance_to_nobody_who_may_not_know_it(ours: Project, admin: Api, gitlab: Sandbox) -> None:
    made = register_with_client(admin, gitlab, application_at(gitlab))
    assert gitlab.url in admin_of(ours).get(f"{PAGES}/new").content.decode()
    outsider = member_of(email="eve@example.com", role="no-access", project_roles={ours: ["admin"]})
    started = outsider.start(projectId=str(ours.id), instanceUrl=gitlab.url)
    for answer in (outsider.form(), started):
        assert gitlab.url not in answer.content.decode().replace(f'value="{gitlab.url}"', "")
        assert gitlab.url not in answer["Content-Security-Policy"]
        assert made["id"] not in answer.content.decode()


def test_who_may_not_know_instances_reconnects_what_is_theirs(ours: Project, admin: Api, gitlab: Sandbox) -> None:
    register_with_client(admin, gitlab, application_at(gitlab))
    connected(member_of(project_roles={ours: ["admin"]}), gitlab, projectId=str(ours.id))
    mine = AppConnection.objects.get()
    outsider = member_of(email="eve@example.com", role="no-access", project_roles={ours: ["admin"]})
    page = outsider.form(connection=mine.id)
    assert f"You go to {gitlab.url} and give access once more." in text(page)
    assert gitlab.url in page["Content-Security-Policy"]
    assert outsider.reconnect(mine.id)["Location"].startswith(f"{gitlab.url}/oauth/authorize?")


@pytest.mark.parametrize("address", UNKNOWN)
def test_an_app_or_a_method_that_there_is_not_has_no_page(db: None, gitlab: Sandbox, address: str) -> None:
    ann = member_of()
    assert ann.browser.get(address).status_code == 404
    assert ann.browser.post(address.partition("?")[0], fields(gitlab)).status_code in {404, 405}
    assert not AppConnection.objects.exists()


def test_the_app_is_chosen_first_and_the_method_then(db: None) -> None:
    ann = browser(person())
    answer = ann.get(CHOOSE)
    assert title(answer) == "Add connection"
    assert "GitHub By GitHub App, OAuth or Personal Access Token." in text(answer)
    assert "GitLab By OAuth or Access Token." in text(answer)
    answer = ann.get(CHOOSE, {"app": "gitlab"})
    assert title(answer) == "Connect to GitLab"
    assert "OAuth You give access at GitLab once" in text(answer)
    assert "Access Token A token that you make at GitLab" in text(answer)


def test_the_method_to_choose_is_named(db: None) -> None:
    shown = text(browser(person()).get(CHOOSE, {"app": "github"}))
    assert "GitHub App Recommended You install an App" in shown
    assert shown.count("Recommended") == 1
    assert "OAuth You give access at GitHub once" in shown
    assert "Personal Access Token A token that you make at GitHub" in shown


def test_the_choice_of_the_app_hands_project_and_way_back_on(db: None) -> None:
    ann = browser(person())
    answer = ann.get(CHOOSE, {"project": "1", "next": "/projects"})
    for app in PROVIDERS:
        assert f'href="{CHOOSE}?app={app}&amp;project=1&amp;next=%2Fprojects"' in answer.content.decode()
    back = ann.get(CHOOSE, {"app": "gitlab", "project": "1", "next": "/projects"})
    assert f'href="{CHOOSE}?project=1&amp;next=%2Fprojects"' in back.content.decode()


def test_the_only_app_shows_its_methods_at_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PROVIDERS, "github")
    answer = browser(person()).get(CHOOSE)
    assert title(answer) == "Connect to GitLab"
    assert f'href="{CHOOSE}' not in main(answer)


def test_a_project_that_is_deleted_meanwhile_is_said(ours: Project, gitlab: Sandbox) -> None:
    somebody = member_of(project_roles={ours: ["admin"]})
    Project.objects.filter(pk=ours.id).delete()
    answer = somebody.browser.post(BY_TOKEN, fields(gitlab, projectId=str(ours.id)))
    assert answer.status_code == 422
    assert errors_at(answer, "projectId")
    assert the_organization().connections.count() == 0
