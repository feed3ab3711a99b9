"""From an invitation to a new person who sees what their role allows: in browsers, with the mail as it is sent."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.steps import sign_in
from tests.clients import SET_UP
from tests.server import Server, wait_until

pytestmark = pytest.mark.xdist_group("browser")
PASSWORD = "an even longer sentence of words"


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def house(browser: Browser, mailbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own that writes its mails into a folder."""
    with Server(tmp_path_factory.mktemp("house"), EMAIL_URL=f"filemail:///{mailbox}") as server:
        assert requests.post(f"{server.url}/api/v1/admin/bootstrap", json=SET_UP, timeout=30).ok
        yield server


@pytest.fixture
def admin(browser: Browser, house: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=house.url)
    page = context.new_page()
    page.goto("/organization/members")
    sign_in(page)
    yield page
    context.close()


@pytest.fixture(params=[True, False], ids=["with-scripts", "without-scripts"])
def invited(request: pytest.FixtureRequest, browser: Browser, house: Server) -> Iterator[BrowserContext]:
    """Somebody else's browser, with JavaScript and without."""
    context = browser.new_context(base_url=house.url, java_script_enabled=request.param)
    yield context
    context.close()


def link_in_mail(mailbox: Path, email: str) -> str:
    """Wait for the mail to this address, and return its link."""

    def links() -> list[str]:
        mails = [file.read_text() for file in mailbox.iterdir()]
        return [found for mail in mails if f"To: {email}" in mail for found in re.findall(r"http\S+", mail)]

    wait_until(lambda: bool(links()))
    return links()[-1]


def test_somebody_is_invited_joins_and_sees_what_the_role_allows(
    admin: Page, invited: BrowserContext, mailbox: Path, request: pytest.FixtureRequest
) -> None:
    email = f"{request.node.callspec.id}@example.com"
    admin.get_by_role("link", name="Invite people").click()
    admin.get_by_label("Email addresses").fill(email)
    admin.get_by_label("Member: uses").check()
    admin.get_by_role("button", name="Invite").click()
    expect(admin.get_by_role("status").first).to_have_text(f"An invitation is on its way to {email}.")
    expect(admin.get_by_role("table", name="Invitations")).to_contain_text(email)
    page = invited.new_page()
    page.goto(link_in_mail(mailbox, email))
    expect(page).to_have_title("Join Example · App Connections")
    expect(page.get_by_label("Email")).to_have_value(email)
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make account and join").click()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make account and join").click()
    expect(page.get_by_role("status").first).to_have_text("You are a member of Example now.")
    places = page.get_by_role("navigation", name="Organization")
    expect(places.get_by_role("link", name="Members")).to_be_visible()
    expect(places.get_by_role("link", name="Settings")).to_have_count(0)
    places.get_by_role("link", name="Members").click()
    expect(page.get_by_role("table", name="Members")).to_contain_text(SET_UP["email"])
    expect(page.get_by_role("link", name="Invite people")).to_have_count(0)
    admin.reload()
    expect(admin.get_by_role("table", name="Members")).to_contain_text(email)
    expect(admin.get_by_role("table", name="Invitations")).to_have_count(0)


def test_a_role_is_changed_and_a_member_removed(
    admin: Page, house: Server, mailbox: Path, browser: Browser
) -> None:
    admin.goto("/organization/members/invite")
    admin.get_by_label("Email addresses").fill("carol@example.com")
    admin.get_by_role("button", name="Invite").click()
    context = browser.new_context(base_url=house.url)
    page = context.new_page()
    page.goto(link_in_mail(mailbox, "carol@example.com"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make account and join").click()
    admin.goto("/organization/members")
    admin.get_by_role("searchbox", name="Search").fill("carol")
    expect(admin.get_by_role("row").filter(has_text="@example.com")).to_have_count(1)
    expect(admin).to_have_url(re.compile(r"\?q=carol$"))
    admin.locator("summary").filter(has_text="Actions for carol@example.com").click()
    admin.get_by_role("link", name="Change role").click()
    admin.get_by_label("No access:").check()
    admin.get_by_role("button", name="Change role").click()
    page.goto("/organization/members")
    expect(page.get_by_role("heading", level=1)).to_have_text("You may not do this")
    admin.goto("/organization/members?q=carol")
    admin.locator("summary").filter(has_text="Actions for carol@example.com").click()
    admin.get_by_role("link", name="Remove").click()
    admin.get_by_role("button", name="Remove").click()
    expect(admin.get_by_role("status").first).to_have_text("carol@example.com is no longer a member of Example.")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("You belong to no organization")
    context.close()


def test_leaving_asks_first(admin: Page) -> None:
    admin.get_by_text("Organization: Example").click()
    admin.get_by_role("link", name="Leave Example").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("Leave Example?")
    admin.get_by_role("link", name="Cancel").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("App connections")
