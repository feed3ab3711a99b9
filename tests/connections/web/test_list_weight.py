"""A full page of the list, with all that it loads, is light."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.connections.web.lists import HOME, stored
from tests.people import browser, person

pytestmark = pytest.mark.django_db
CAUSE = "The grant is not accepted any more. It was revoked at GitLab, or somebody reconnected it elsewhere."
MOST = 100_000


def test_fifty_broken_connections_weigh_less_than_a_picture() -> None:
    for number in range(50):
        stored(f"gitlab-of-team-{number:02}", status="reconnect_required", cause=f"{number}: {CAUSE}", cure=CAUSE)
    page = browser(person()).get(HOME, headers={"Accept-Encoding": "gzip"})
    shown = gzip.decompress(page.content).decode()
    assert shown.count("Replace credentials<span") == 50
    assets = set(re.findall(r'(?:href|src)="/static/([^"]+)"', shown))
    assert {Path(asset).suffix for asset in assets} == {".css", ".js", ".svg"}
    weight = len(page.content) + sum(compressed(asset) for asset in assets)
    assert weight < MOST * 0.6


def compressed(asset: str) -> int:
    """Return how much of a file goes over the wire."""
    unhashed = re.sub(r"\.[0-9a-f]{12}(?=\.)", "", asset)
    found = finders.find(unhashed)
    assert isinstance(found, str), asset
    return len(gzip.compress(Path(found).read_bytes()))
