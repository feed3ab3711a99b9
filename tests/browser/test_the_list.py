"""The list of connections in a browser: search as you type, filters, order, and the way back."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import start_signed_in

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.usefixtures("furnished")]
HOME = "/organization/app-connections"
PHONE = {"width": 320, "height": 640}


def test_search_as_you_type_keeps_the_focus_and_the_address(page: Page) -> None:
    start_signed_in(page)
    field = page.get_by_label("Search")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("gitlab-web")
    expect(page.locator("tbody th")).to_have_text([re.compile("gitlab-website")])
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile(r"/organization/app-connections\?q=gitlab-web$"))
    expect(page.locator("#count")).to_have_text("1 connection, 1 needs attention")
    expect(page).to_have_title(re.compile("^App connections - 1 needs attention"))
    page.keyboard.type("zzz")
    expect(page.get_by_role("heading", name="No connection matches")).to_be_visible()
    page.reload()
    expect(field).to_have_value("gitlab-webzzz")
    page.get_by_role("link", name="Show all").click()
    expect(field).to_have_value("")


def test_chips_and_order_are_addresses_that_back_restores(page: Page) -> None:
    start_signed_in(page, f"{HOME}?q=deploys")
    expect(page.locator("tbody th").first).to_have_text(re.compile("gitlab-archive"))
    page.get_by_role("link", name=re.compile("^Need attention 4")).click()
    expect(page).to_have_url(re.compile("state=attention"))
    expect(page.locator("#count")).to_have_text("4 connections, 4 need attention")
    expect(page.get_by_role("link", name=re.compile("^Need attention"))).to_be_focused()
    page.get_by_role("link", name="Connection", exact=True).click()
    expect(page).to_have_url(re.compile("state=attention&sort=name"))
    expect(page.get_by_role("columnheader", name="Connection")).to_have_attribute("aria-sort", "ascending")
    page.get_by_label("Scope").focus()
    page.get_by_label("Scope").select_option(label="Platform (1)")
    expect(page.locator("tbody th")).to_have_text([re.compile("gitlab-website")])
    expect(page.get_by_label("Scope")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(re.compile("state=attention&sort=name$"))
    expect(page.locator("tbody th")).to_have_count(4)
    expect(page.get_by_label("Scope")).to_have_value("")
    page.go_back()
    expect(page.get_by_role("columnheader", name="State")).to_have_attribute("aria-sort", "ascending")
    page.go_back()
    expect(page.locator("tbody th")).to_have_count(7)
    expect(page.get_by_role("button", name="Search")).to_be_hidden()


def test_a_row_copies_its_id_and_opens(page: Page, furnished: dict[str, str]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start_signed_in(page, f"{HOME}?q=gitlab-platform")
    page.get_by_role("button", name="Copy the ID of gitlab-platform").click()
    expect(page.get_by_role("status")).to_have_text("ID of gitlab-platform copied")
    assert page.evaluate("navigator.clipboard.readText()") == furnished["gitlab-platform"]
    row = page.get_by_role("row").filter(has_text="gitlab-platform")
    row.locator("summary").click()
    row.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("gitlab-platform")


def test_a_phone_needs_no_sideways_scrolling(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    start_signed_in(page, f"{HOME}?q=deploys")
    for summary in page.locator("tbody summary").all()[:2]:
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.get_by_label("Order").select_option(label="Name")
    expect(page).to_have_url(re.compile("sort=name"))
    expect(page.locator("tbody th").first).to_have_text(re.compile("github-website"))


def test_it_works_without_scripts(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    start_signed_in(page)
    page.get_by_label("Search").fill("deploys")
    page.get_by_label("Scope").select_option(label=re.search(r"Platform \(\d+\)", page.content())[0])  # type: ignore[index]
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody th")).to_have_text([re.compile("gitlab-website"), re.compile("gitlab-scanner")])
    page.get_by_role("link", name=re.compile("^Healthy")).click()
    expect(page.locator("tbody th")).to_have_text([re.compile("gitlab-scanner")])
    expect(page.get_by_label("Search")).to_have_value("deploys")
    page.get_by_role("link", name="Connection", exact=True).click()
    expect(page.get_by_role("columnheader", name="Connection")).to_have_attribute("aria-sort", "ascending")
    context.close()
