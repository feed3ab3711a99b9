"""What people do, in the words that they see."""

from playwright.sync_api import Page, expect

from tests.clients import SET_UP


def sign_in(page: Page, email: str = SET_UP["email"], password: str = SET_UP["password"]) -> None:
    """Fill in the sign-in page that is open, and send it."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def start_signed_in(page: Page, path: str = "/") -> None:
    """Open a page as the admin of the site."""
    page.goto(path)
    sign_in(page)
    expect(page.get_by_role("navigation", name="Organization")).to_be_visible()


def sign_out(page: Page) -> None:
    """Open the account menu, and sign out."""
    page.get_by_role("banner").get_by_text(SET_UP["email"]).click()
    page.get_by_role("button", name="Sign out").click()
