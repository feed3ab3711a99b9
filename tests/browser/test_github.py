"""From "Connect to GitHub" to a connection by each of its methods, through GitHub's own pages: as people do."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.github import Sandbox
from tests.browser.inspection import inspect
from tests.browser.steps import start_signed_in
from tests.connections.github import world as github

pytestmark = pytest.mark.xdist_group("browser")
NEW = "/organization/app-connections/new"
DETAIL = re.compile(r"/organization/app-connections/[0-9a-f-]{36}$")
INSTALLED = "It is installed already"


@pytest.fixture(autouse=True)
def well_behaved(octo: Sandbox) -> Iterator[None]:
    yield
    octo.behave()


def choose(page: Page, method: str) -> None:
    """Choose the app and the method."""
    page.goto(NEW)
    page.get_by_role("link", name="GitHub By").click()
    page.get_by_role("link", name=method).click()


def fill_in(page: Page, method: str, name: str, *, the_app: str = "") -> None:
    """Fill the form of a method in, and go to GitHub."""
    choose(page, method)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Description (optional)").fill("For the platform team")
    if the_app:
        page.get_by_label("The App").select_option(the_app)
    page.get_by_role("button", name="Connect to GitHub").click()


def sign_in(page: Page, octo: Sandbox, username: str) -> None:
    octo.user(username)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(f"{username}-password")
    page.get_by_role("button", name="Sign in").click()


def connected(page: Page, name: str) -> None:
    expect(page).to_have_url(DETAIL)
    expect(page.get_by_role("status")).to_have_text(f"{name} is connected.")
    expect(page.get_by_role("main")).to_contain_text("Healthy")


def test_a_person_consents_and_reconnects(page: Page, octo: Sandbox) -> None:
    start_signed_in(page)
    fill_in(page, "OAuth", "github-consent")
    sign_in(page, octo, "olga")
    page.get_by_role("button", name="Authorize App Connections").click()
    connected(page, "github-consent")
    shown = page.get_by_role("main")
    expect(shown).to_contain_text("@olga")
    expect(shown.get_by_role("link", name=octo.url)).to_be_visible()
    page.get_by_role("link", name="Reconnect").click()
    page.get_by_role("button", name="Reconnect").click()
    expect(page.get_by_role("status")).to_have_text("github-consent works again.")


def test_who_says_no_gets_the_form_back_as_it_was(page: Page, octo: Sandbox) -> None:
    start_signed_in(page)
    fill_in(page, "OAuth", "github-denied")
    sign_in(page, octo, "denis")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Access was denied")
    page.get_by_role("link", name="Connect again").click()
    expect(page.get_by_label("Name")).to_have_value("github-denied")


def install_on(page: Page, account: str) -> None:
    """Choose an account, and install the App there for all repositories."""
    page.get_by_role("link", name=account, exact=True).click()
    page.get_by_role("button", name="Install").click()


def test_an_app_is_installed_on_an_organization_and_reconnected(page: Page, octo: Sandbox) -> None:
    octo.organization("installers", members={"ina": "admin"})
    start_signed_in(page)
    fill_in(page, "GitHub App", "github-installed")
    sign_in(page, octo, "ina")
    install_on(page, "installers")
    connected(page, "github-installed")
    expect(page.get_by_role("main")).to_contain_text("@installers")
    page.get_by_role("link", name="Reconnect").click()
    expect(page.get_by_label("The App")).to_have_value("installed")
    page.get_by_role("button", name="Reconnect").click()
    expect(page.get_by_role("status")).to_have_text("github-installed works again.")


def test_an_app_that_is_there_already_is_chosen(page: Page, octo: Sandbox) -> None:
    octo.organization("first", members={"cher": "admin"})
    octo.organization("second", members={"cher": "admin"})
    app = octo.hub.applications.apps()[0]
    for account in ("first", "second"):
        octo.install(app, account)
    start_signed_in(page)
    fill_in(page, "GitHub App", "github-chosen", the_app=INSTALLED)
    sign_in(page, octo, "cher")
    page.get_by_role("button", name="Authorize Acme Connections").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What github-chosen connects to")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    inspect(page, "connection-choose")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("Choose one of them.")).to_be_visible()
    expect(page.get_by_label("first (Organization)")).to_be_focused()
    page.get_by_label("second (Organization)").check()
    page.get_by_role("button", name="Connect").click()
    connected(page, "github-chosen")
    expect(page.get_by_role("main")).to_contain_text("@second")


def test_an_owner_has_to_approve_first(page: Page, octo: Sandbox) -> None:
    octo.organization("strict", members={"olaf": "admin", "mia": "member"})
    octo.require_approval("strict")
    start_signed_in(page)
    fill_in(page, "GitHub App", "github-approved")
    sign_in(page, octo, "mia")
    page.get_by_role("link", name="strict", exact=True).click()
    page.get_by_role("button", name="Request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("An owner has to approve the installation")
    inspect(page, "connection-pending")
    octo.install(octo.hub.applications.apps()[0], "strict")
    page.get_by_role("link", name="Connect again").click()
    expect(page.get_by_label("Name")).to_have_value("github-approved")
    expect(page.get_by_label("The App")).to_have_value("installed")
    page.get_by_role("button", name="Connect to GitHub").click()
    page.get_by_label("strict (Organization)").check()
    page.get_by_role("button", name="Connect").click()
    connected(page, "github-approved")


def fill_in_token(page: Page, name: str, url: str, token: str) -> None:
    """Fill the form in, with an address that is not offered: another spelling of one that is."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("GitHub server", exact=True).and_(page.locator("select")).select_option("Another address")
    page.get_by_label("GitHub server: another address").fill(f"{url}/")
    page.get_by_label("Personal access token", exact=True).fill(token)


def test_a_token_is_typed_in_checked_and_replaced(page: Page, octo: Sandbox) -> None:
    start_signed_in(page)
    choose(page, "Personal Access Token")
    fill_in_token(page, "github-token", octo.url, "ghp_nobody_knows")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page).to_have_title(re.compile("^Error: Connect to GitHub by personal access token"))
    token = page.get_by_label("Personal access token", exact=True)
    expect(token).to_have_value("")
    expect(token).to_have_attribute("aria-invalid", "true")
    expect(token).to_be_focused()
    expect(page.get_by_label("GitHub server: another address")).to_have_value(f"{octo.url}/")
    first = octo.personal_token("tara", scopes=github.SCOPES)
    token.fill(first.value)
    page.get_by_role("button", name="Connect", exact=True).click()
    connected(page, "github-token")
    shown = page.get_by_role("main")
    for told in ("@tara", "admin:org", "Personal Access Token", "infisical_app_connection_github"):
        expect(shown).to_contain_text(told)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("status")).to_have_text("Checked: it works.")

    octo.revoke(first.value)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("status")).not_to_have_text("Checked: it works.")
    page.get_by_role("link", name="Replace credentials").first.click()
    page.get_by_label("Personal access token", exact=True).fill(octo.personal_token("tara").value)
    page.get_by_role("button", name="Replace credentials").click()
    expect(page).to_have_url(DETAIL)
    expect(page.get_by_role("main")).to_contain_text("Healthy")


def test_the_steps_to_a_token_follow_the_server(page: Page, octo: Sandbox) -> None:
    start_signed_in(page)
    choose(page, "Personal Access Token")
    steps = page.get_by_role("region", name="Create a personal access token")
    for url in ("https://github.com", octo.url):
        page.get_by_label("GitHub server", exact=True).and_(page.locator("select")).select_option(url)
        expect(steps.get_by_role("link", name="New fine-grained token")).to_have_attribute(
            "href", f"{url}/settings/personal-access-tokens/new?name=app-connection"
        )


def test_it_works_without_javascript(browser: Browser, base_url: str, octo: Sandbox) -> None:
    octo.organization("scriptless", members={"nils": "admin"})
    context = browser.new_context(base_url=base_url, java_script_enabled=False, ignore_https_errors=True)
    page = context.new_page()
    start_signed_in(page)
    fill_in(page, "GitHub App", "github-no-script")
    sign_in(page, octo, "nils")
    install_on(page, "scriptless")
    connected(page, "github-no-script")
    context.close()
