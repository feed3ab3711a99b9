"""A machine identity from nothing to its first login: in a browser, as people do, and then as the machine does."""

import pytest
import requests
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.inspection import picture, violations
from tests.browser.steps import start_signed_in

pytestmark = pytest.mark.xdist_group("browser")


def create_with_secret(page: Page, name: str) -> tuple[str, str]:
    """Create an identity with universal auth and a client secret; returns client id and secret as shown."""
    page.get_by_role("link", name="Create machine identity").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Organization role").select_option("member")
    page.get_by_role("button", name="Create machine identity").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("navigation", name="Machine identity").get_by_role("link", name="Universal auth").click()
    page.get_by_role("link", name="Add universal auth").click()
    page.get_by_label("Access tokens live for").fill("2 hours")
    page.get_by_role("button", name="Add universal auth").click()
    page.get_by_role("link", name="Create client secret").click()
    page.get_by_label("Description (optional)").fill("pipeline")
    page.get_by_role("button", name="Create client secret").click()
    expect(page.get_by_text("you will not see it again")).to_be_visible()
    client_id, client_secret = (fact(page, what) for what in ("Client ID", "Client secret"))
    return client_id, client_secret


def fact(page: Page, name: str) -> str:
    term = page.locator("dt").get_by_text(name, exact=True)
    return page.locator("dl > div").filter(has=term).last.locator("dd code").inner_text()


def log_in(base_url: str, client_id: str, client_secret: str) -> requests.Response:
    body = {"clientId": client_id, "clientSecret": client_secret}
    return requests.post(f"{base_url}/api/v1/auth/universal-auth/login", json=body, timeout=30)


def test_from_nothing_to_the_first_login(page: Page, base_url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base_url)
    start_signed_in(page)
    page.get_by_role("navigation", name="Organization").get_by_role("link", name="Machine identities").click()
    client_id, client_secret = create_with_secret(page, "journey")
    picture(page, "identity-client-secret-shown-once")
    assert violations(page) == []
    page.get_by_role("button", name="Copy Client secret").click()
    expect(page.get_by_role("status")).to_have_text("Client secret copied")
    assert page.evaluate("navigator.clipboard.readText()") == client_secret
    answer = log_in(base_url, client_id, client_secret)
    assert (answer.status_code, answer.json()["expiresIn"]) == (200, 7200)
    page.get_by_role("link", name="I have copied it").click()
    assert client_secret not in page.content()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert client_secret not in stored
    expect(page.get_by_role("row").filter(has_text="pipeline")).to_contain_text("just now")
    page.goto("/organization/identities?q=journey")
    expect(page.get_by_role("row").filter(has_text="journey")).to_contain_text("Universal auth, just now")


def test_the_browser_keeps_no_copy_to_go_back_to(page: Page) -> None:
    start_signed_in(page, "/organization/identities")
    create_with_secret(page, "forgotten")
    page.get_by_role("link", name="I have copied it").click()
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()


def test_the_list_follows_what_is_typed_and_the_address_follows_the_list(page: Page) -> None:
    start_signed_in(page, "/organization/identities/new")
    for name in ("finds-alpha", "finds-beta"):
        page.goto("/organization/identities/new")
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Create machine identity").click()
    page.goto("/organization/identities")
    page.get_by_label("Search").fill("finds-b")
    expect(page.get_by_role("row").filter(has_text="finds-alpha")).to_have_count(0)
    expect(page.get_by_role("link", name="finds-beta")).to_be_visible()
    expect(page).to_have_url("/organization/identities?q=finds-b")
    page.reload()
    expect(page.get_by_label("Search")).to_have_value("finds-b")
    expect(page.get_by_role("row").filter(has_text="finds-alpha")).to_have_count(0)


def test_without_scripts_everything_works(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    try:
        page = context.new_page()
        start_signed_in(page, "/organization/identities")
        client_id, client_secret = create_with_secret(page, "plain")
        expect(page.get_by_role("button", name="Copy")).to_have_count(0)
        for _ in range(3):
            log_in(base_url, client_id, "wrong")
        page.get_by_role("link", name="I have copied it").click()
        page.get_by_role("button", name="Unlock now").click()
        assert log_in(base_url, client_id, client_secret).status_code == 200
        page.get_by_role("link", name="Revoke").click()
        page.get_by_role("button", name="Revoke client secret").click()
        expect(page.get_by_role("status")).to_contain_text("is revoked")
        assert log_in(base_url, client_id, client_secret).status_code == 401
        page.goto("/organization/identities")
        page.get_by_label("Search").fill("plain")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="plain").click()
        page.get_by_role("link", name="Delete machine identity").click()
        page.get_by_label("Type plain to confirm").fill("plain")
        page.get_by_role("button", name="Delete machine identity").click()
        expect(page.get_by_role("status")).to_contain_text("plain is deleted")
    finally:
        context.close()
