"""Add a connection by access token: with and without scripts, an error first and then success."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.gitlab import Sandbox
from tests.browser.steps import start_signed_in

pytestmark = pytest.mark.xdist_group("browser")
NEW = "/organization/app-connections/new"
DETAIL = re.compile(r"/organization/app-connections/[0-9a-f-]{36}$")


def open_form(page: Page) -> None:
    start_signed_in(page, NEW)
    page.get_by_role("link", name="GitLab").click()
    page.get_by_role("link", name="Access Token").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect to GitLab by access token")


def fill_in(page: Page, name: str, url: str, token: str) -> None:
    """Fill the form in, with an address that is not offered: another spelling of one that is."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Instance URL", exact=True).and_(page.locator("select")).select_option("Another address")
    page.get_by_label("Instance URL: another address").fill(f"{url}/")
    page.get_by_label("Access token", exact=True).fill(token)


def connect(page: Page) -> None:
    page.get_by_role("button", name="Connect", exact=True).click()


def err_then_succeed(page: Page, forge: Sandbox, name: str) -> None:
    """Send a token that GitLab does not know, then, with all else kept, one that it knows."""
    fill_in(page, name, forge.url, "glpat-nobody-knows")
    connect(page)
    expect(page).to_have_title(re.compile("^Error: Connect to GitLab by access token"))
    token = page.get_by_label("Access token", exact=True)
    expect(token).to_have_value("")
    expect(token).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_accessToken_error")).to_contain_text("does not know this token")
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    expect(page.get_by_label("Instance URL: another address")).to_have_value(f"{forge.url}/")
    token.fill(forge.personal_token("ann").value)
    connect(page)
    expect(page).to_have_url(DETAIL)
    expect(page.get_by_role("status")).to_have_text(f"{name} is connected.")


def test_an_error_is_put_right(page: Page, forge: Sandbox) -> None:
    open_form(page)
    err_then_succeed(page, forge, "token-journey")


def test_the_steps_follow_what_is_chosen(page: Page, forge: Sandbox) -> None:
    open_form(page)
    page.get_by_label("Instance URL", exact=True).and_(page.locator("select")).select_option(forge.url)
    steps = page.get_by_role("region", name="Create a personal access token")
    expect(steps.get_by_role("link", name="Open your access tokens")).to_have_attribute(
        "href", f"{forge.url}/-/user_settings/personal_access_tokens"
    )
    page.get_by_label("Instance URL", exact=True).and_(page.locator("select")).select_option("https://gitlab.com")
    expect(steps.get_by_role("link", name="Open your access tokens")).to_have_attribute(
        "href", "https://gitlab.com/-/user_settings/personal_access_tokens"
    )
    expect(page.get_by_label("Instance URL: another address")).to_be_hidden()
    expect(page.get_by_role("button", name="Show the steps")).to_be_hidden()
    fill_in(page, "token-steps", forge.url, "glpat-typed-already")
    page.get_by_label("Access token type").select_option("project")
    steps = page.get_by_role("region", name="Create a project access token")
    expect(steps.get_by_role("link", name="Open your projects")).to_have_attribute(
        "href", f"{forge.url}/dashboard/projects"
    )
    with page.expect_request(lambda request: "place=" in request.url) as asked:
        steps.get_by_label("Path of the project").fill("platform/web")
        page.get_by_label("Name", exact=True).focus()
    assert "glpat" not in asked.value.url
    expect(steps.get_by_role("link", name="Open the access tokens of platform/web")).to_have_attribute(
        "href", f"{forge.url}/platform/web/-/settings/access_tokens"
    )
    expect(page.get_by_label("Access token", exact=True)).to_have_value("glpat-typed-already")
    assert "glpat" not in page.url


def test_the_enter_key_connects(page: Page, forge: Sandbox) -> None:
    open_form(page)
    fill_in(page, "token-enter", forge.url, forge.personal_token("ann").value)
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_role("status")).to_have_text("token-enter is connected.")


def test_it_works_without_javascript(browser: Browser, base_url: str, forge: Sandbox) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    open_form(page)
    fill_in(page, "token-no-script", forge.url, "glpat-typed-too-early")
    page.get_by_label("Access token type").select_option("group")
    page.get_by_role("button", name="Show the steps").click()
    steps = page.get_by_role("region", name="Create a group access token")
    expect(steps.get_by_role("link", name="Open your groups")).to_have_attribute(
        "href", f"{forge.url}/dashboard/groups"
    )
    expect(page.get_by_label("Name", exact=True)).to_have_value("token-no-script")
    expect(page.get_by_label("Access token", exact=True)).to_have_value("")
    assert "glpat" not in page.url
    page.get_by_label("Access token type").select_option("personal")
    err_then_succeed(page, forge, "token-no-script")
    context.close()
