"""Signing in, seeing the first page, signing out: in a browser, as people do."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import sign_in, sign_out, start_signed_in
from tests.clients import SET_UP

pytestmark = pytest.mark.xdist_group("browser")
NARROW = 320


def test_a_person_signs_in_sees_the_start_page_and_signs_out(page: Page) -> None:
    page.goto("/organization/app-connections?q=a")
    expect(page).to_have_title("Sign in · App Connections")
    sign_in(page, password="a wrong one")
    expect(page.get_by_role("alert")).to_have_text("The email address or the password is wrong.")
    expect(page.get_by_label("Email")).to_have_value(SET_UP["email"])
    expect(page.get_by_label("Password")).to_have_value("")
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/organization/app-connections\?q=a$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("App connections")
    expect(page.get_by_role("banner")).to_contain_text(SET_UP["organization"])
    expect(page.get_by_role("banner")).to_contain_text(SET_UP["email"])
    sign_out(page)
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    page.goto("/")
    expect(page).to_have_title("Sign in · App Connections")


def test_the_keyboard_is_enough(page: Page) -> None:
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.type(SET_UP["email"])
    page.keyboard.press("Tab")
    page.keyboard.type(SET_UP["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Organization")).to_be_visible()


def test_it_works_without_javascript(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    start_signed_in(context.new_page())
    context.close()


@pytest.mark.parametrize("path", ["/", "/sign-in", "/password-reset", "/password-reset/sent", "/nowhere"])
def test_nothing_stands_out_of_a_narrow_screen(page: Page, path: str) -> None:
    if path == "/":
        start_signed_in(page)
    page.set_viewport_size({"width": NARROW, "height": 640})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW


def test_an_error_is_a_page_with_a_way_on(page: Page) -> None:
    page.goto("/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    page.get_by_role("link", name="Go to the start page").click()
    expect(page).to_have_title("Sign in · App Connections")


def test_the_api_documents_show_under_the_strict_policy(page: Page) -> None:
    page.goto("/api/docs")
    page.get_by_text("/api/v1/app-connections", exact=True).first.click()
    expect(page.get_by_role("button", name="Try it out")).to_be_visible()
