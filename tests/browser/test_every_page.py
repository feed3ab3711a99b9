"""What holds for every page, in either theme: axe-core finds nothing, it fits a phone, there is a picture of it.

The pictures are written to `build/screenshots/`, for people to look at.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.inspection import THEMES, WIDE, inspect
from tests.browser.pages import OPEN_PAGES, PAGES
from tests.browser.steps import start_signed_in

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module", params=THEMES)
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def stranger(browser: Browser, base_url: str, theme: str) -> Iterator[BrowserContext]:
    """A browser that prefers this theme."""
    context = browser.new_context(base_url=base_url, color_scheme=theme, viewport=WIDE)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture(scope="module")
def admin(browser: Browser, base_url: str, theme: str) -> Iterator[BrowserContext]:
    """The same, signed in."""
    context = browser.new_context(base_url=base_url, color_scheme=theme, viewport=WIDE)  # type: ignore[arg-type]
    page = context.new_page()
    start_signed_in(page)
    page.close()
    yield context
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_for_members(admin: BrowserContext, furnished: dict[str, str], theme: str, name: str) -> None:
    look_at(admin, PAGES[name].format_map(furnished), f"{name}-{theme}")


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_a_page_for_strangers(stranger: BrowserContext, theme: str, name: str) -> None:
    look_at(stranger, OPEN_PAGES[name], f"{name}-{theme}")


def look_at(context: BrowserContext, path: str, name: str) -> None:
    page = context.new_page()
    try:
        page.goto(path)
        inspect(page, name)
    finally:
        page.close()
