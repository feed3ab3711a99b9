"""What every handshake of these tests has: a server that knows us, GitLab unless another is asked for, and somebody
who may connect.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.github import Sandbox as GitHub
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.connections import github as at_github
from tests.connections import oauth
from tests.oauth.people import Person, person


@pytest.fixture(autouse=True)
def application(gitlab: Sandbox, settings: Any) -> Application:
    return oauth.configure(settings, gitlab)


@pytest.fixture
def ann(db: None) -> Person:
    """An admin of the organization."""
    return person()


@pytest.fixture(scope="session")
def running_github() -> Iterator[GitHub]:
    """A GitHub that speaks TLS, as the product asks of every one; ann owns acme there, and bob is a member."""
    with GitHub(tls=True) as sandbox:
        at_github.populate(sandbox)
        yield sandbox


@pytest.fixture
def github(running_github: GitHub, settings: Any, tmp_path: Path) -> Iterator[GitHub]:
    """A well-behaved GitHub that we trust, without any app, that has not been asked anything yet."""
    authority = tmp_path / "github.pem"
    authority.write_bytes(running_github.ca_pem)
    settings.EXTRA_CA_CERTS = str(authority)
    running_github.clear_requests()
    yield running_github
    running_github.behave()
    for application in list(running_github.hub.applications.by_id.values()):
        running_github.delete_application(application)
