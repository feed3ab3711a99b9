"""A project from its beginning to its end, with somebody else in it, in two browsers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import colleague
from tests.browser.steps import sign_in, start_signed_in
from tests.server import Server

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def with_colleague(site: Server) -> None:
    colleague.add_to(site)


@pytest.fixture
def bob(browser: Browser, base_url: str, with_colleague: None) -> Iterator[Page]:
    """A colleague, signed in with a browser of their own."""
    context = browser.new_context(base_url=base_url)
    page = context.new_page()
    page.goto("/organization/projects")
    sign_in(page, colleague.EMAIL, colleague.PASSWORD)
    expect(page).to_have_title("Projects · App Connections")
    yield page
    context.close()


def create_project(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Organization").get_by_role("link", name="Projects").click()
    page.get_by_role("link", name="Create project").first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("status").first).to_have_text(f"{name} is created. You are its only member so far.")


def delete_project(page: Page, name: str) -> None:
    page.get_by_role("navigation", name=f"Project {name}").get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Delete project").click()
    page.get_by_label(f"Type {name} to confirm").fill("something else")
    page.get_by_role("button", name="Delete project").click()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label(f"Type {name} to confirm").fill(name)
    page.get_by_role("button", name="Delete project").click()
    expect(page.get_by_role("status").first).to_have_text(f"{name} is deleted.")


def test_a_project_is_made_shared_and_deleted(page: Page, bob: Page) -> None:
    expect(bob.get_by_role("heading", name="You are in no project")).to_be_visible()
    start_signed_in(page)
    create_project(page, "Journey")

    page.get_by_role("link", name="Add member").click()
    page.get_by_label("Who").select_option(label=colleague.EMAIL)
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_role("row", name=re.compile(colleague.EMAIL))).to_contain_text("Viewer")

    bob.reload()
    bob.get_by_role("link", name="Journey").click()
    tabs = bob.get_by_role("navigation", name="Project Journey")
    tabs.get_by_role("link", name="Settings").click()
    expect(bob.get_by_text("An admin of the project can change these.")).to_be_visible()
    tabs.get_by_role("link", name="Members").click()
    expect(bob.get_by_role("link", name="Add member")).to_have_count(0)

    page.locator("summary", has_text=f"Actions for {colleague.EMAIL}").click()
    page.get_by_role("link", name="Change roles").click()
    page.get_by_label("Viewer").uncheck()
    page.get_by_role("checkbox", name="Admin").check()
    page.get_by_role("button", name="Save roles").click()
    expect(page.get_by_role("status").first).to_have_text(f"The roles of {colleague.EMAIL} are changed.")

    bob.reload()
    expect(bob.get_by_role("link", name="Add member")).to_be_visible()
    delete_project(bob, "Journey")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")


def test_lists_follow_what_is_typed(page: Page) -> None:
    start_signed_in(page)
    for name in ("Typed one", "Typed two"):
        create_project(page, name)
    page.goto("/organization/projects")
    page.keyboard.press("/")
    page.keyboard.type("typed t")
    expect(page.get_by_role("link", name="Typed one")).to_have_count(0)
    expect(page.get_by_role("link", name="Typed two")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=typed\+t$|\?q=typed%20t$"))
    expect(page.locator("#found")).to_have_text("1 project")
    page.reload()
    expect(page.get_by_label("Search")).to_have_value("typed t")


def test_slugs_are_suggested_for_the_name(page: Page) -> None:
    start_signed_in(page)
    page.goto("/organization/projects/new")
    page.get_by_label("Name").fill("Suggested Name")
    page.keyboard.press("Tab")
    expect(page.locator("#slugs option").first).to_have_attribute("value", "suggested-name")
    expect(page.get_by_label("Slug (optional)")).to_be_focused()


def test_it_works_without_javascript(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    start_signed_in(page)
    create_project(page, "Plain")
    page.get_by_label("Search").fill("admin@")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="Leave project").first.click()
    page.get_by_role("button", name="Leave project").click()
    expect(page.get_by_role("alert")).to_contain_text("at least one admin")
    delete_project(page, "Plain")
    context.close()
