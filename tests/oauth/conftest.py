"""What every handshake of these tests has: a server that knows us, GitLab unless another is asked for, and somebody
who may connect.
"""

from typing import Any

import pytest

from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.connections import oauth
from tests.oauth.people import Person, person


@pytest.fixture(autouse=True)
def application(gitlab: Sandbox, settings: Any) -> Application:
    return oauth.configure(settings, gitlab)


@pytest.fixture
def ann(db: None) -> Person:
    """An admin of the organization."""
    return person()
