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
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
