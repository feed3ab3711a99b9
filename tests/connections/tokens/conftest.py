"""One connection by OAuth whose token has just ended, in a database that other processes can open too."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.clients import Api
from tests.connections import oauth
from tests.connections.test_secrets_never_leak import logged  # noqa: F401  # a fixture
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import Stored, connect


@pytest.fixture
def application(gitlab: Sandbox, settings: Any) -> Application:
    """Our OAuth client at GitLab."""
    return oauth.configure(settings, gitlab)


@pytest.fixture
def connection(admin: Api, gitlab: Sandbox, application: Application) -> Stored:
    """A connection whose token has ended a second ago."""
    made = connect(admin, gitlab, application)
    made.ends_in(-1)
    gitlab.clear_requests()
    return made


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    """Starts further processes of the product on the test's database."""
    return Processes(tmp_path)
