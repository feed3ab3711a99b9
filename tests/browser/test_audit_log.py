"""Looking for an event as it is typed, opening it, and taking a file along: in a browser, and without scripts."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import start_signed_in

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.usefixtures("furnished")]
PAGE = "/organization/audit-log"


def test_a_person_filters_opens_an_event_and_exports(page: Page) -> None:
    start_signed_in(page)
    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit log")
    page.get_by_label("About").fill("gitlab-payments")
    expect(page).to_have_url(re.compile(r"/organization/audit-log\?about=gitlab-payments$"))
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text="gitlab-payments")).to_have_count(rows.count())
    page.get_by_label("Event").select_option("Created a connection")
    expect(page).to_have_url(re.compile("event=create-app-connection"))
    expect(rows).to_have_count(1)
    expect(page.locator("#found")).to_have_text("1 event shown")
    rows.get_by_text("Created a connection").click()
    expect(rows.get_by_text("Mozilla/5.0 (a browser)")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name="Export as NDJSON").click()
    download = started.value
    assert re.fullmatch(r"audit-log-[a-z0-9-]+\.ndjson", download.suggested_filename)
    (line,) = Path(download.path()).read_text().splitlines()
    assert json.loads(line)["subjectName"] == "gitlab-payments"
    page.reload()
    expect(page.get_by_label("About")).to_have_value("gitlab-payments")
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="Show all").click()
    expect(page).to_have_url(re.compile(f"{PAGE}$"))


def test_it_works_without_javascript(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    start_signed_in(page, PAGE)
    page.get_by_label("Kind of actor").select_option("Person")
    page.get_by_label("About").fill("deployer")
    page.get_by_role("button", name="Filter").click()
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text="Created a machine identity")).to_have_count(1)
    rows.get_by_text("Created a machine identity").click()
    expect(rows.get_by_text("create-identity", exact=True)).to_be_visible()
    context.close()
