"""The connection by OAuth that the tests of tokens have too, here at a GitLab."""

from typing import Any

import pytest

from sandbox.gitlab import Sandbox
from tests.connections.test_secrets_never_leak import logged  # noqa: F401  # a fixture
from tests.connections.tokens.conftest import connection, processes  # noqa: F401  # fixtures
from tests.connections.tokens.grantors import AtGitLab, Grantor


@pytest.fixture
def grantor(gitlab: Sandbox, settings: Any) -> Grantor:
    """A GitLab, with the operator's client there."""
    return AtGitLab(gitlab).configure(settings)
