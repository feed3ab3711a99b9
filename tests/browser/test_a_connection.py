"""The life of a connection on its own page: with a keyboard only, and without scripts."""

import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.gitlab import Sandbox
from tests.browser.steps import start_signed_in
from tests.server import Server

pytestmark = pytest.mark.xdist_group("browser")
NEW = "/organization/app-connections/gitlab/oauth/new"


@pytest.fixture(autouse=True)
def well_behaved(forge: Sandbox) -> Iterator[None]:
    yield
    forge.behave()


def connect(page: Page, site: Server, forge: Sandbox, name: str) -> str:
    """Connect by OAuth as somebody new at GitLab, and open the connection's page; returns its address."""
    username = forge.user(f"owner-of-{name}").username
    start_signed_in(page, NEW)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Connect to GitLab").click()
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(f"{username}-password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("status")).to_contain_text(f"{name} is connected.")
    path = f"/organization/app-connections/{id_of(site, name)}"
    page.goto(path)
    return path


def id_of(site: Server, name: str) -> uuid.UUID:
    file = Path(site.environment["DATABASE_URL"].removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as database:
        [found] = database.execute("SELECT id FROM connections_appconnection WHERE name = ?", [name]).fetchone()
    return uuid.UUID(found)


def press(page: Page, role: str, name: str) -> None:
    """Go to a control by the Tab key, and press it."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"the Tab key does not reach {name}")


def test_it_is_checked_changed_and_deleted_by_keyboard_only(page: Page, site: Server, forge: Sandbox) -> None:
    connect(page, site, forge, "gitlab-keys")
    expect(page).to_have_title(re.compile("gitlab-keys: Healthy"))
    press(page, "button", "Check now")
    expect(page.get_by_role("status")).to_have_text("Checked: it works.")
    press(page, "link", "Edit details")
    page.get_by_label("Name").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Not A Name")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_text("can only contain lowercase letters")).to_be_visible()
    page.get_by_label("Name").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("gitlab-other-keys")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("gitlab-other-keys")
    press(page, "link", "Edit details")
    press(page, "link", "Delete connection")
    page.get_by_label("Type gitlab-other-keys to confirm").focus()
    page.keyboard.type("gitlab-other-keys")
    press(page, "button", "Delete connection")
    expect(page.get_by_role("status")).to_have_text("gitlab-other-keys is deleted.")


def test_what_is_wrong_is_found_told_and_healed(page: Page, site: Server, forge: Sandbox) -> None:
    connect(page, site, forge, "gitlab-troubled")
    forge.misbehave("status", "/api/v4/user", status=502)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("status")).to_have_text("Checked: failing.")
    expect(page).to_have_title(re.compile("gitlab-troubled: Failing"))
    expect(page.get_by_text("answered with status 502")).to_be_visible()
    forge.behave()
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("status")).to_have_text("Checked: it works.")
    page.get_by_role("link", name="Activity").click()
    expect(page.get_by_role("row").filter(has_text="Failing → Healthy")).to_be_visible()


def test_all_of_it_works_without_scripts(browser: Browser, base_url: str, site: Server, forge: Sandbox) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()
    connect(page, site, forge, "gitlab-plain")
    expect(page.get_by_role("button", name=re.compile("Copy"))).to_have_count(0)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("status")).to_have_text("Checked: it works.")
    page.get_by_role("link", name="Reconnect").click()
    page.get_by_role("button", name="Reconnect").click()
    page.get_by_role("link", name="Continue to the application").click()  # GitLab's page, without scripts
    expect(page.get_by_role("status")).to_have_text("gitlab-plain works again.")
    expect(page.get_by_role("heading", level=1)).to_have_text("gitlab-plain")
    page.get_by_role("link", name="Edit details").click()
    page.get_by_role("link", name="Delete connection").click()
    page.get_by_label("Type gitlab-plain to confirm").fill("gitlab-plain")
    page.get_by_role("button", name="Delete connection").click()
    expect(page.get_by_role("status")).to_have_text("gitlab-plain is deleted.")
    context.close()


def test_the_longest_name_fits_a_phone(page: Page, site: Server, forge: Sandbox) -> None:
    path = connect(page, site, forge, "long-name")
    page.goto(f"{path}/edit")
    page.get_by_label("Name", exact=True).fill("m" * 64)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("m" * 64)
    page.set_viewport_size({"width": 320, "height": 640})
    for rest in ("", "/activity", "/edit", "/delete"):
        page.goto(f"{path}{rest}")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, rest
