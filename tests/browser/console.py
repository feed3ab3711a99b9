"""What a page says in the console."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page

# Chromium says so of every page that answers with an error, whatever the page is.
ANSWERED_WITH_AN_ERROR = "Failed to load resource: the server responded with a status of"


@contextmanager
def silent(page: Page) -> Iterator[None]:
    """Hold that the page stays silent within: no error, no warning, no breach of the policy."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(ANSWERED_WITH_AN_ERROR):
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    yield
    assert complaints == []
