"""What the tests of this folder can ask for: a second GitHub."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.github import Sandbox
from tests.connections.github import world


@pytest.fixture(scope="session")
def running_other_github() -> Iterator[Sandbox]:
    with Sandbox(tls=True) as sandbox:
        world.populate(sandbox)
        yield sandbox


@pytest.fixture
def other_github(
    github: Sandbox, running_other_github: Sandbox, settings: Any, tmp_path: Path
) -> Iterator[Sandbox]:
    """Another GitHub, trusted like the first: nothing but our own rules keeps a secret from it."""
    authorities = tmp_path / "ca.pem"
    authorities.write_bytes(github.ca_pem + running_other_github.ca_pem)
    settings.EXTRA_CA_CERTS = str(authorities)
    running_other_github.clear_requests()
    yield running_other_github
    running_other_github.behave()
