"""Signing in with more than a password, in a browser with a device of its own."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, CDPSession, Page, expect

from sandbox.oidc import Issuer, Person
from tests.browser.console import silent
from tests.browser.inspection import PHONE, THEMES, picture, violations
from tests.browser.steps import sign_in
from tests.clients import SET_UP
from tests.server import Server

pytestmark = pytest.mark.xdist_group("browser")
PERIOD = 30


@pytest.fixture(scope="module")
def oidc() -> Iterator[Issuer]:
    with Issuer() as issuer:
        issuer.person = Person("subject-1", SET_UP["email"])
        yield issuer


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, oidc: Issuer) -> Iterator[Server]:
    """A site that goes by a host name, as passkeys ask for, with single sign-on."""
    server = Server(tmp_path_factory.mktemp("named"))
    port = server.port
    server.environment |= {
        "SITE_URL": f"http://localhost:{port}",
        "OIDC_ISSUER": oidc.url,
        "OIDC_CLIENT_ID": oidc.client_id,
        "OIDC_CLIENT_SECRET": oidc.client_secret,
        "OIDC_NAME": "Example Login",
    }
    oidc.redirect_uris = {f"http://localhost:{port}/sign-in/sso/callback"}
    with server:
        assert requests.post(f"{server.url}/api/v1/admin/bootstrap", json=SET_UP, timeout=30).ok
        server.url = f"http://localhost:{port}"
        yield server


@pytest.fixture
def page(browser: Browser, named: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=named.url, reduced_motion="reduce")  # no colour is caught half-way
    page = context.new_page()
    with silent(page):
        yield page
    context.close()


def code(key: str, *, steps: int = 0) -> str:
    """Return what an authenticator app with this key shows, or so many steps of time from now."""
    return str(format_hotp_value(hotp_value(key, int(time.time()) // PERIOD + steps)))


def device(page: Page, **more: Any) -> tuple[CDPSession, str]:
    """Give the browser a device with a fingerprint reader, and somebody who touches it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        **more,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def look_at(page: Page, name: str) -> None:
    """Hold what holds for every page, where only a journey leads."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        assert violations(page) == []
        picture(page, f"{name}-{theme}")
    wide = page.viewport_size
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    picture(page, f"{name}-phone")
    if wide:
        page.set_viewport_size(wide)


def confirm(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_label("Password").fill(SET_UP["password"])
    page.get_by_role("button", name="Confirm").click()


def test_a_passkey_signs_in_alone_and_can_be_removed(page: Page) -> None:
    device(page)
    page.goto("/account/security")
    sign_in(page)
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    look_at(page, "passkey-add")
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    look_at(page, "recovery-codes")
    page.get_by_role("link", name="I have kept them").click()
    look_at(page, "account-security-set-up")
    page.context.clear_cookies()
    page.goto("/sign-in?next=/account/passkeys")
    look_at(page, "sign-in-every-way")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("row", name="My laptop")).to_contain_text("Signs in alone")
    look_at(page, "passkeys")
    page.get_by_role("link", name="Remove My laptop").click()
    confirm(page)
    page.get_by_role("button", name="Remove passkey").click()
    expect(page.get_by_role("status")).to_have_text("The passkey is removed.")
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("This passkey was not accepted.")


def test_a_device_that_says_no_leaves_the_page_usable(page: Page) -> None:
    session, device_id = device(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": False})
    page.goto("/sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    sign_in(page)
    expect(page.get_by_role("navigation", name="Organization")).to_be_visible()


def test_an_app_asks_for_a_code_and_a_recovery_code_replaces_it_once(page: Page) -> None:
    page.goto("/account/security")
    sign_in(page)
    page.get_by_role("link", name="Set up app").click()
    confirm(page)
    key = page.locator(".copied code").inner_text()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    look_at(page, "two-factor-on")
    page.get_by_label("Code that the app shows").fill(code(key))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    recovery = page.locator("main pre").inner_text().split()
    assert len(recovery) == 10
    sign_in_with(page, code(key, steps=1))  # the one that switched the app on is used up
    sign_in_with(page, recovery[0])
    again(page, recovery[0])
    expect(page.get_by_text("The code is wrong, or was used already.")).to_be_visible()
    expect(page).to_have_title("Error: Second step · App Connections")
    look_at(page, "second-step")
    page.get_by_label("Code").fill(recovery[1])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Account security")
    page.goto("/account/two-factor/off")
    confirm(page)
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("status")).to_have_text("The authenticator app is off.")


def sign_in_with(page: Page, second: str) -> None:
    again(page, second)
    expect(page.get_by_role("heading", level=1)).to_have_text("Account security")


def again(page: Page, second: str) -> None:
    """Forget the session, sign in by password, and enter the code of the second step."""
    page.context.clear_cookies()
    page.goto("/account/security")
    sign_in(page)
    page.get_by_label("Code").fill(second)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_all_but_passkeys_works_without_javascript(browser: Browser, named: Server) -> None:
    context = browser.new_context(base_url=named.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/account/passkeys/add")
    sign_in(page)
    confirm(page)
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Add passkey")).to_be_hidden()
    page.goto("/account/two-factor/on")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    context.close()


def test_single_sign_on_leads_there_and_back(page: Page, oidc: Issuer) -> None:
    page.goto("/account/security")
    page.get_by_role("link", name="Continue with Example Login").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Account security")
    expect(page.get_by_text("You can sign in with Example Login.")).to_be_visible()
    page.context.clear_cookies()
    oidc.person = Person("subject-2", "nobody@example.com")
    page.goto("/sign-in")
    page.get_by_role("link", name="Continue with Example Login").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You need an invitation")
    page.get_by_role("link", name="Back to sign-in").click()
    expect(page).to_have_title("Sign in · App Connections")
