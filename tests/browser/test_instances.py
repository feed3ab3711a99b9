"""From an address to an instance with an OAuth client: in a browser, by keyboard where it matters."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import start_signed_in

pytestmark = pytest.mark.xdist_group("browser")
URL = "https://gitlab.example.net"


def test_a_person_registers_an_instance_adds_its_client_and_deletes_it(page: Page) -> None:
    start_signed_in(page)
    page.get_by_role("link", name="Instances").click()
    page.get_by_role("link", name="Register GitLab instance").click()
    page.get_by_label("Address", exact=True).fill("https://10.1.2.3")
    page.get_by_role("button", name="Register").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Address", exact=True)).to_have_value("https://10.1.2.3")
    expect(page.get_by_label("Address", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Address", exact=True).fill(f"{URL}/")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("status")).to_contain_text(f"{URL} is registered.")
    expect(page.get_by_role("heading", level=1)).to_have_text(URL)
    instance = page.url.rpartition("/")[2]
    callback = f"/organization/app-connections/gitlab/oauth/callback/{instance}"
    expect(page.get_by_role("region", name="OAuth application")).to_contain_text(callback)
    page.get_by_label("Client ID").fill("1f0e2d3c4b5a6978")
    page.get_by_label("Client secrets").fill("gloas-one\ngloas-two")
    page.get_by_role("button", name="Save OAuth application").click()
    expect(page.get_by_role("status")).to_contain_text(f"{URL} is changed.")
    expect(page.get_by_text("2 secrets")).to_be_visible()
    assert "gloas-" not in page.content()
    page.get_by_role("link", name="Delete instance").click()
    page.get_by_role("button", name="Delete instance").click()
    expect(page.get_by_role("status")).to_contain_text(f"{URL} is deleted.")
    expect(page.get_by_role("table", name="GitLab instances")).not_to_contain_text(URL)
