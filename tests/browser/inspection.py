"""A close look at an open page: axe-core, its width on a phone, and pictures for people to look at."""

from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

SCREENSHOTS = Path(__file__).resolve().parent.parent.parent / "build" / "screenshots"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 320, "height": 640}
axe = Axe()


def inspect(page: Page, name: str) -> None:
    """Hold that axe-core finds nothing, at a desk and on a phone, and that a phone is wide enough."""
    assert violations(page) == []
    picture(page, name)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    picture(page, f"{name}-phone")
    assert violations(page) == []
    page.set_viewport_size(WIDE)


def picture(page: Page, name: str) -> None:
    """Write a picture of the whole page to `build/screenshots/`."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")


def violations(page: Page) -> list[Any]:
    """Return what axe-core finds, each with the places where it is."""
    found = axe.run(page).response["violations"]
    return [(each["id"], each["help"], [node["html"] for node in each["nodes"]]) for each in found]
