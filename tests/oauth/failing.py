"""How a handshake fails: begun here, come back with this or that, and what the page then says."""

from typing import Any
from urllib.parse import urlencode

from connections.models import AppConnection
from tests.oauth.people import Person, text
from tests.oauth.ways import Forge


def begin(somebody: Person, forge: Forge, **fields: Any) -> str:
    """Begin to connect, and return the address at the server."""
    return str(somebody.start(instanceUrl=forge.url, **fields)["Location"])


def came_back(somebody: Person, **query: str) -> Any:
    return somebody.browser.get(f"{somebody.way.pages}/callback?{urlencode(query)}")


def failed(response: Any, status: int, *said: str) -> str:
    """Return the query of the form that the page leads to next, after looking at what it says."""
    shown = text(response)
    assert response.status_code == status, shown
    assert "text/html" in response["Content-Type"]
    for part in said:
        assert part in shown
    assert AppConnection.objects.count() == 0
    page = response.content.decode()
    assert "Connect again" in page
    return str(page.partition("/oauth/new")[2].partition('"')[0])
