"""An empty instance: somebody opens it, and is its administrator a minute later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.inspection import picture, violations
from tests.browser.steps import sign_in
from tests.people import PASSWORD
from tests.server import Server

pytestmark = pytest.mark.xdist_group("browser")
EMAIL = "first@example.com"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has set up."""
    with Server(tmp_path) as server:
        yield server


def test_the_first_person_sets_the_instance_up(page: Page, empty: Server) -> None:
    page.goto(empty.url)
    expect(page).to_have_title("Set up · App Connections")
    assert violations(page) == []
    picture(page, "set-up-light")
    page.get_by_label("Organization").fill("Example")
    page.get_by_label("Your email address").fill(EMAIL)
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Set up").click()
    expect(page).to_have_title("Error: Set up · App Connections")
    expect(page.get_by_label("Organization")).to_have_value("Example")
    expect(page.get_by_label("Password")).to_have_value("")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("status")).to_contain_text("This instance is set up.")
    expect(page.get_by_role("banner")).to_contain_text("Example")
    page.goto(f"{empty.url}/setup")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    page.context.clear_cookies()
    page.goto(empty.url)
    sign_in(page, EMAIL, PASSWORD)
    expect(page.get_by_role("banner")).to_contain_text(EMAIL)
