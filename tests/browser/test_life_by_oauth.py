"""The whole life of a connection by OAuth: connected, checked, revoked at GitLab, reconnected, deleted."""

import re

import pytest
from playwright.sync_api import Page, expect

from sandbox.gitlab import Sandbox
from tests.browser.steps import start_signed_in
from tests.browser.test_connecting import fill_in, sign_in_at_gitlab

pytestmark = pytest.mark.xdist_group("browser")


def test_from_the_first_consent_to_the_end_of_the_grant(page: Page, forge: Sandbox) -> None:
    start_signed_in(page)
    connect(page, forge)
    expect(page).to_have_title(re.compile("^gitlab-life: Healthy"))
    check(page, "Checked: it works.")

    revoke_at_gitlab(forge)
    check(page, "Checked: needs to be reconnected.")
    expect(page.get_by_role("main")).to_contain_text("It was revoked")
    page.goto("/organization/app-connections?q=gitlab-life")
    row = page.get_by_role("row").filter(has_text="gitlab-life")
    expect(row.first).to_contain_text("Needs to be reconnected")

    page.get_by_role("table").get_by_role("link", name="Reconnect").click()
    page.get_by_role("button", name="Reconnect").click()
    page.get_by_role("button", name="Authorize").click()  # without a live token GitLab asks for consent again
    expect(page.get_by_role("status")).to_contain_text("gitlab-life works again.")

    page.goto("/organization/app-connections?q=gitlab-life")
    page.get_by_role("link", name="gitlab-life").first.click()
    check(page, "Checked: it works.")
    page.get_by_role("link", name="Activity").click()
    for told in ("Created", "Grant lost", "Changed"):
        expect(page.get_by_role("cell", name=told, exact=True).first).to_be_visible()

    page.get_by_role("link", name="Edit details").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_label("Type gitlab-life to confirm").fill("gitlab-life")
    page.get_by_role("button", name="Delete connection").click()
    expect(page.get_by_role("status")).to_have_text("gitlab-life is deleted.")
    assert forge.requests[-1].path == "/oauth/revoke"


def connect(page: Page, forge: Sandbox) -> None:
    fill_in(page, "gitlab-life")
    sign_in_at_gitlab(page, forge, "lena")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("status")).to_have_text("gitlab-life is connected.")


def check(page: Page, outcome: str) -> None:
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("status")).to_have_text(outcome)


def revoke_at_gitlab(forge: Sandbox) -> None:
    """Do what a person does under Applications in their GitLab settings: the pair of tokens is dead at once."""
    shown = next(each for each in reversed(forge.requests) if each.path == "/api/v4/user")
    forge.revoke(shown.headers["Authorization"].removeprefix("Bearer "))
