"""From "Connect to GitLab" to a connection, through GitLab's own pages and back: in a browser, as people do."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.gitlab import Sandbox
from tests.browser.inspection import inspect
from tests.browser.steps import start_signed_in

pytestmark = pytest.mark.xdist_group("browser")
NEW = "/organization/app-connections/new"
DETAIL = re.compile(r"/organization/app-connections/[0-9a-f-]{36}$")


@pytest.fixture(autouse=True)
def well_behaved(forge: Sandbox) -> Iterator[None]:
    yield
    forge.behave()


def fill_in(page: Page, name: str, *, use: str = "secret-sync", description: str = "") -> None:
    """Choose to connect by OAuth, fill the form in, and send it."""
    page.goto(NEW)
    page.get_by_role("link", name="GitLab").click()
    page.get_by_role("link", name="OAuth").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Description (optional)").fill(description)
    page.get_by_label("Used for").select_option(use)
    page.get_by_role("button", name="Connect to GitLab").click()


def sign_in_at_gitlab(page: Page, forge: Sandbox, username: str) -> None:
    """Sign in as somebody who has an account there. GitLab asks each of them for consent the first time only."""
    forge.user(username)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(f"{username}-password")
    page.get_by_role("button", name="Sign in").click()


def forget_gitlab(page: Page) -> None:
    """Be signed out at GitLab, as far as the browser knows."""
    page.context.clear_cookies(name="_gitlab_session")


def test_a_person_connects_and_reconnects(page: Page, forge: Sandbox) -> None:
    start_signed_in(page)
    fill_in(page, "gitlab-journey")
    sign_in_at_gitlab(page, forge, "ann")
    expect(page.get_by_role("heading", level=1)).to_have_text("Authorization required")
    expect(page.get_by_text("Access the API on your behalf")).to_be_visible()
    page.get_by_role("button", name="Authorize").click()
    expect(page).to_have_url(DETAIL)
    expect(page.get_by_role("status")).to_have_text("gitlab-journey is connected.")
    expect(page.get_by_role("heading", level=1)).to_have_text("gitlab-journey")
    shown = page.get_by_role("main")
    expect(shown).to_contain_text("Healthy")
    expect(shown.get_by_role("link", name=forge.url)).to_be_visible()
    expect(shown).to_contain_text("@ann")
    page.get_by_role("link", name="Reconnect").click()
    page.get_by_role("button", name="Reconnect").click()
    expect(page).to_have_url(DETAIL)
    expect(page.get_by_role("status")).to_have_text("gitlab-journey works again.")


def test_a_reconnect_as_somebody_else_asks_first(page: Page, forge: Sandbox) -> None:
    start_signed_in(page)
    fill_in(page, "gitlab-identity")
    sign_in_at_gitlab(page, forge, "carol")
    page.get_by_role("button", name="Authorize").click()
    expect(page).to_have_url(DETAIL)
    forget_gitlab(page)
    page.get_by_role("link", name="Reconnect").click()
    page.get_by_role("button", name="Reconnect").click()
    sign_in_at_gitlab(page, forge, "dave")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_text("dave instead of carol")).to_be_visible()
    inspect(page, "reconnect-with-another-account")
    page.get_by_role("button", name="Keep the connection as it is").click()
    expect(page.get_by_role("status")).to_contain_text("The connection is as it was")
    expect(page.get_by_role("main")).to_contain_text("@carol")


def test_who_says_no_gets_the_form_back_as_it_was(page: Page, forge: Sandbox) -> None:
    start_signed_in(page)
    fill_in(page, "gitlab-denied", use="secret-scanning", description="For the scanners")
    sign_in_at_gitlab(page, forge, "denise")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Access was denied")
    page.get_by_role("link", name="Connect again").click()
    expect(page.get_by_label("Name")).to_have_value("gitlab-denied")
    expect(page.get_by_label("Description (optional)")).to_have_value("For the scanners")
    expect(page.get_by_label("Used for")).to_have_value("secret-scanning")


def test_a_faulty_name_is_said_at_its_field(page: Page) -> None:
    start_signed_in(page)
    fill_in(page, "Not A Name")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Name")).to_have_value("Not A Name")
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_text("can only contain lowercase letters")).to_be_visible()


def test_a_gitlab_in_trouble_is_told_as_it_is(page: Page, forge: Sandbox) -> None:
    start_signed_in(page)
    fill_in(page, "gitlab-trouble")
    sign_in_at_gitlab(page, forge, "tom")
    forge.misbehave("html", "/oauth/token")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_text("an HTML page instead of JSON")).to_be_visible()
    expect(page.get_by_role("link", name="Connect again")).to_be_visible()


def test_two_tabs_do_not_disturb_each_other(page: Page, forge: Sandbox) -> None:
    start_signed_in(page)
    fill_in(page, "gitlab-first-tab")
    sign_in_at_gitlab(page, forge, "tina")
    expect(page.get_by_role("button", name="Authorize")).to_be_visible()
    other = page.context.new_page()
    other.goto("/")
    fill_in(other, "gitlab-second-tab")
    other.get_by_role("button", name="Authorize").click()
    expect(other.get_by_role("status")).to_have_text("gitlab-second-tab is connected.")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("status")).to_have_text("gitlab-first-tab is connected.")


def test_it_works_without_javascript(browser: Browser, base_url: str, forge: Sandbox) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    start_signed_in(page)
    fill_in(page, "gitlab-no-script")
    sign_in_at_gitlab(page, forge, "nora")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("status")).to_have_text("gitlab-no-script is connected.")
    context.close()
