"""The operator's pages in a browser: they keep the strict policy that every page has."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import sign_in

pytestmark = pytest.mark.xdist_group("browser")


def test_the_operator_looks_through_what_is_stored(page: Page) -> None:
    page.goto("/admin/")
    sign_in(page)
    expect(page.get_by_role("heading", name="What is stored")).to_be_visible()
    page.get_by_role("link", name="Users", exact=True).first.click()
    page.get_by_role("link", name="admin@example.com").click()
    expect(page.get_by_text("correct horse")).to_have_count(0)
    page.get_by_role("link", name="View site").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("App connections")
