"""One button, and GitHub has made an App for us: in a browser, through GitHub's own pages and back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from sandbox.github import Sandbox
from tests.browser.inspection import THEMES, inspect
from tests.browser.steps import sign_in, start_signed_in
from tests.clients import SET_UP
from tests.server import Server

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Trust any certificate: that of this GitHub is of an authority of its own."""
    return {**browser_context_args, "ignore_https_errors": True}


@pytest.fixture
def github() -> Iterator[Sandbox]:
    with Sandbox(tls=True) as sandbox:
        sandbox.user("ann")
        yield sandbox


def register(page: Page, github: Sandbox) -> None:
    """Register a GitHub in one's own network, and look at its page."""
    page.goto("/organization/instances/github/new")
    page.get_by_label("Address", exact=True).fill(github.url)
    page.get_by_label("CA certificates").fill(github.ca_pem.decode())
    page.get_by_label("Allow a private address").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(github.url)


def ask(page: Page, name: str) -> None:
    page.get_by_role("link", name="Create GitHub App").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create GitHub App").click()


def test_a_person_has_an_app_made_and_forgets_it(page: Page, github: Sandbox) -> None:
    start_signed_in(page)
    register(page, github)
    ask(page, "Acme journey")
    expect(page.get_by_label("Username")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Create GitHub App")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Acme journey")  # once the page is there whole
    page.get_by_role("button", name="Create GitHub App").click()
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill("ann-password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Create GitHub App").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(github.url)
    expect(page.get_by_role("status")).to_contain_text("The GitHub App Acme journey is created")
    shown = page.get_by_role("main")
    expect(shown).to_contain_text("acme-journey")
    expect(shown.get_by_role("link", name="Connect by GitHub App")).to_be_visible()
    page.get_by_role("link", name="Forget it").click()
    page.get_by_role("button", name="Forget GitHub App").click()
    expect(page.get_by_role("status")).to_contain_text("is forgotten.")
    expect(page.get_by_role("link", name="Create GitHub App")).to_be_visible()


@pytest.mark.parametrize("theme", THEMES)
def test_the_page_in_between_has_a_button_for_those_without_scripts(
    page: Page, github: Sandbox, theme: str
) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    start_signed_in(page)
    register(page, github)
    page.route(
        re.compile(r"/app(\.\w+)?\.js"), lambda route: route.fulfill(body="", content_type="text/javascript")
    )
    ask(page, "Acme by hand")
    expect(page.get_by_role("heading", level=1)).to_have_text("Continue to GitHub")
    inspect(page, f"client-posting-{theme}")
    page.get_by_role("button", name="Continue to GitHub").click()
    expect(page.get_by_label("Username")).to_be_visible()
    assert page.url.startswith(github.url)


@pytest.mark.parametrize("theme", THEMES)
def test_where_nothing_is_set_up_the_button_comes_first(page: Page, tmp_path: Path, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    with Server(tmp_path) as empty:
        requests.post(f"{empty.url}/api/v1/admin/bootstrap", json=SET_UP, timeout=30).raise_for_status()
        form = f"{empty.url}/organization/app-connections/github/oauth/new?method="
        page.goto(f"{form}oauth")
        sign_in(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Connecting to GitHub is not set up yet")
        inspect(page, f"not-set-up-{theme}")
        page.goto(f"{form}github-app")
        expect(page.get_by_role("heading", level=2).first).to_have_text("Recommended: have GitHub create it")
        expect(page.get_by_label("Name", exact=True)).to_have_value("App Connections Example")
        inspect(page, f"not-set-up-with-button-{theme}")
        page.get_by_label("GitHub organization").fill("../..")
        page.get_by_role("button", name="Create GitHub App").click()
        expect(page).to_have_title(re.compile("^Error: "))
        expect(page.get_by_label("GitHub organization")).to_have_value("../..")
        expect(page.get_by_label("GitHub organization")).to_have_attribute("aria-invalid", "true")
