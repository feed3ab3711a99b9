"""What is special about an App: it is installed, may be installed already, and may have to be approved."""

import json
from typing import Any

import pytest

from connections.models import AppConnection
from oauth.models import OAuthAttempt
from sandbox.github import Sandbox
from sandbox.github.applications import App
from tests.connections import oauth
from tests.oauth.failing import begin, came_back, failed
from tests.oauth.people import Person, asked, connected, person, text
from tests.oauth.ways import GITHUB, GITHUB_APP, GITLAB, Installing

pytestmark = pytest.mark.django_db


def exchanges(github: Sandbox) -> int:
    """Return how often GitHub was asked for a person's token, or for an installation's."""
    return sum("access_token" in request.path for request in github.requests)


def query(address: str, **changed: str) -> dict[str, str]:
    """Return what an address brings back, with changes; empty ones are left out."""
    return {name: value for name, value in {**asked(address), **changed}.items() if value}


def test_the_way_there_is_the_apps_installation(ann: Person, forge: Installing, app: App) -> None:
    there = begin(ann, forge)
    assert there.partition("?")[0] == f"{forge.url}/github-apps/{app.slug}/installations/new"
    assert list(asked(there)) == ["state"]
    assert OAuthAttempt.objects.get().open_verifier() == ""


def test_what_stays_when_it_is_deleted_is_said(ann: Person, forge: Installing) -> None:
    page = ann.browser.get(f"/organization/app-connections/{connected(ann, forge).id}/delete")
    assert f"The GitHub App stays where it is installed: uninstall it at {forge.url}" in text(page)
    assert "grant" not in text(page)


def test_an_organization_is_connected_to_as_itself(ann: Person, forge: Installing) -> None:
    forge.account = "acme"
    connection = connected(ann, forge)
    assert connection.account is not None
    assert connection.account["username"] == "acme"
    assert "codeVerifier" not in connection.open_credentials()
    assert "ghu_" not in str(connection.open_credentials()), "the token of the person is used once, and not kept"


@pytest.mark.parametrize("number", ["", "abc", "0", "-1", "9" * 300, "1e3", "3001; DROP", "٣"])
def test_an_installation_that_is_none_is_refused(ann: Person, forge: Installing, number: str) -> None:
    back = forge.approve(begin(ann, forge))
    failed(came_back(ann, **query(back, installation_id=number)), 403 if 0 < len(number) < 256 else 400)


def test_an_installation_of_somebody_else_is_refused(
    ann: Person, forge: Installing, github: Sandbox, app: App
) -> None:
    github.user("carol")
    theirs = github.install(app, "carol")
    back = forge.approve(begin(ann, forge))
    again = failed(came_back(ann, **query(back, installation_id=str(theirs.id))), 403, "does not have access")
    assert "attempt=" in again
    assert not [request for request in github.requests if "access_tokens" in request.path]


class TestWaitingForAnOwner:
    @pytest.fixture(params=[True, False], ids=["with a code", "without a code"])
    def back(self, request: pytest.FixtureRequest, ann: Person, github: Sandbox, forge: Installing) -> str:
        """Where bob is sent back to, who is no owner of a strict organization."""
        strict = github.organization("strict", members={"ann": "admin", "bob": "member"})
        github.require_approval(strict.login, with_code=request.param)
        forge.account = strict.login
        back = forge.approve(begin(ann, forge, name="platform", description="Ours"), "bob")
        assert ("code" in asked(back)) is request.param
        return back

    def test_it_is_explained_and_nothing_is_done(self, ann: Person, github: Sandbox, back: str) -> None:
        page = ann.come_back(back)
        failed(page, 200, "An owner has to approve the installation", "GitHub has asked its owners")
        assert exchanges(github) == 0
        assert page["Cache-Control"].startswith("max-age=0")

    def test_the_form_is_kept(self, ann: Person, back: str) -> None:
        again = failed(ann.come_back(back), 200).replace("&amp;", "&")
        form = ann.browser.get(f"{ann.way.pages}/new{again}").content.decode()
        assert 'value="platform"' in form
        assert 'value="Ours"' in form
        assert '<option value="installed" selected>' in form

    def test_it_counts_once(self, ann: Person, back: str) -> None:
        ann.come_back(back)
        failed(ann.come_back(back), 400, "This attempt is over")

    def test_it_is_told_to_nobody_else(self, ann: Person, back: str) -> None:
        failed(ann.colleague(email="bob@example.com").come_back(back), 403, "Somebody else began this")


def test_what_an_owner_approved_elsewhere_is_explained(ann: Person, forge: Installing, github: Sandbox) -> None:
    page = came_back(ann, code="x", installation_id="3001", setup_action="install")
    again = failed(page, 200, "The GitHub App is installed", "Nothing was stored here").replace("&amp;", "&")
    form = ann.browser.get(f"{ann.way.pages}/new{again}").content.decode()
    assert '<option value="installed" selected>' in form
    assert exchanges(github) == 0


def test_who_has_the_app_already_goes_on_by_themselves(
    ann: Person, forge: Installing, github: Sandbox, app: App
) -> None:
    github.install(app, "ann")
    back = forge.approve(begin(ann, forge, name="platform"))
    assert asked(back)["setup_action"] == "update"
    onward = ann.come_back(back)["Location"]
    assert onward.startswith(f"{forge.url}/login/oauth/authorize?")
    assert "code_challenge" in asked(onward)
    assert ann.come_back(forge.approve(onward))["Location"].startswith("/organization/app-connections/")
    assert AppConnection.objects.get().name == "platform"


class TestWhatIsInstalledAlready:
    @pytest.fixture
    def back(self, ann: Person, github: Sandbox, app: App, forge: Installing) -> str:
        """Where ann is sent back to, who may use the App on two accounts; a third is carol's."""
        for account in (github.user("ann"), github.organization("acme"), github.user("carol")):
            github.install(app, account.login)
        return forge.approve(begin(ann, forge, name="platform", use="installed"))

    def test_the_person_chooses(self, ann: Person, back: str) -> None:
        question = ann.come_back(back)["Location"]
        page = ann.browser.get(question)
        said = text(page)
        assert "What platform connects to" in said
        assert "acme (Organization)" in said
        assert "ann (User)" in said
        assert "carol" not in page.content.decode()
        assert "an owner may have to approve it first. Back to the form" in said
        assert " checked" not in page.content.decode()
        assert AppConnection.objects.count() == 0
        made = ann.browser.post(question, {"number": "0"})
        assert made["Location"] == f"/organization/app-connections/{AppConnection.objects.get().id}"
        assert (AppConnection.objects.get().account or {})["username"] == "acme"

    def test_even_one_is_not_chosen_for_them(self, ann: Person, github: Sandbox, app: App, back: str) -> None:
        github.uninstall(next(each for each in github.hub.installations.of(app) if each.account.login == "acme"))
        question = ann.come_back(back)["Location"]
        assert AppConnection.objects.count() == 0
        assert ann.browser.post(question, {"number": "0"}).status_code == 302
        assert (AppConnection.objects.get().account or {})["username"] == "ann"

    @pytest.mark.parametrize("number", ["", "2", "-1", "x", "9" * 500])
    def test_a_choice_that_is_none_is_said(self, ann: Person, back: str, number: str) -> None:
        page = ann.browser.post(ann.come_back(back)["Location"], {"number": number})
        assert page.status_code == 422
        assert AppConnection.objects.count() == 0

    def test_it_counts_once(self, ann: Person, back: str) -> None:
        question = ann.come_back(back)["Location"]
        ann.browser.post(question, {"number": "0"})
        page = ann.browser.post(question, {"number": "1"})
        assert page.status_code == 400
        assert "There is nothing left to choose" in text(page)
        assert AppConnection.objects.count() == 1

    def test_nobody_else_chooses(self, ann: Person, back: str) -> None:
        question = ann.come_back(back)["Location"]
        bob = ann.colleague(email="bob@example.com")
        assert bob.browser.get(question).status_code == 404
        assert bob.browser.post(question, {"number": "0"}).status_code == 404
        assert ann.elsewhere().browser.post(question, {"number": "0"}).status_code == 403
        assert AppConnection.objects.count() == 0

    def test_below_another_app_there_is_no_such_choice(self, ann: Person, back: str) -> None:
        question = ann.come_back(back)["Location"].replace("/github/", "/gitlab/")
        assert ann.browser.get(question).status_code == 404
        assert ann.browser.post(question, {"number": "0"}).status_code == 404
        assert AppConnection.objects.count() == 0

    def test_ten_minutes_later_it_is_too_late(self, ann: Person, back: str) -> None:
        question = ann.come_back(back)["Location"]
        OAuthAttempt.objects.update(expires_at=OAuthAttempt.objects.get().created_at)
        failed(ann.browser.post(question, {"number": "0"}), 400, "That took too long")

    def test_the_persons_token_is_not_kept(self, ann: Person, github: Sandbox, back: str) -> None:
        ann.come_back(back)
        assert "ghu_" not in str(OAuthAttempt.objects.values().get())
        ended = [request for request in github.requests if request.method == "DELETE"]
        assert [request.path.endswith("/token") for request in ended] == [True]

    def test_what_is_uninstalled_meanwhile_is_said(self, ann: Person, github: Sandbox, app: App, back: str) -> None:
        question = ann.come_back(back)["Location"]
        for each in github.hub.installations.of(app):
            github.uninstall(each)
        failed(ann.browser.post(question, {"number": "0"}), 400, "not installed on acme any more")

    def test_a_name_taken_meanwhile_is_said(self, ann: Person, github: Sandbox, back: str) -> None:
        question = ann.come_back(back)["Location"]
        ann.by(GITHUB).connect(github, name="platform")
        page = ann.browser.post(question, {"number": "0"})
        assert page.status_code == 400
        assert "The name is taken by now" in text(page)
        assert AppConnection.objects.count() == 1


def test_a_server_cannot_offer_more_than_anybody_chooses_among(
    ann: Person, forge: Installing, github: Sandbox
) -> None:
    account = {"id": 7, "login": "a" * 255, "type": "Organization"}
    page = {"installations": [{"id": 7, "account": account, "app_slug": "s" * 255}] * 100}
    headers = {"Content-Type": "application/json", "Link": '<https://next.example.com>; rel="next"'}
    github.misbehave("status", "/api/v3/user/installations", status=200, body=json.dumps(page), headers=headers)
    back = forge.approve(begin(ann, forge, use="installed"))
    assert "/choose/" in ann.come_back(back)["Location"]
    assert len((OAuthAttempt.objects.get().found or {})["candidates"]) == 1000


def test_where_it_is_installed_nowhere_the_person_is_told_to_install_it(ann: Person, forge: Installing) -> None:
    back = forge.approve(begin(ann, forge, use="installed"))
    assert "attempt=" in failed(ann.come_back(back), 403, "installed on no account where you may use it")


def test_a_state_of_one_method_makes_no_connection_of_another(
    ann: Person, forge: Installing, github: Sandbox, app: App
) -> None:
    by_oauth = ann.by(GITHUB)
    state = asked(begin(by_oauth, forge))["state"]
    installed = asked(forge.approve(begin(ann, forge)))
    failed(came_back(by_oauth, **{**installed, "state": state}), 400, "Unable to validate credentials")
    consented = github.approve(begin(by_oauth, forge))
    state = asked(begin(ann, forge, name="another"))["state"]
    brought = {"code": asked(consented)["code"], "installation_id": installed["installation_id"]}
    failed(came_back(ann, **brought, state=state), 400, "Unable to validate credentials")


@pytest.mark.parametrize(("began", "came"), [(GITLAB, GITHUB), (GITLAB, GITHUB_APP), (GITHUB_APP, GITLAB)])
def test_a_state_of_another_app_is_unknown(
    github: Sandbox, gitlab: Any, settings: Any, app: App, began: Any, came: Any
) -> None:
    settings.APP_CONNECTION_VARIABLES = {
        **settings.APP_CONNECTION_VARIABLES,
        **oauth.variables(gitlab, gitlab.application(redirect_uris=[oauth.CALLBACK], scopes=oauth.SCOPES)),
    }
    ann = person(way=began)
    forge: Any = gitlab if began is GITLAB else Installing(github)
    back = forge.approve(begin(ann, forge))
    failed(came_back(ann.by(came), **asked(back)), 400, "does not belong to anything you started")
    assert ann.come_back(back).status_code == 302, "it was not used up"
