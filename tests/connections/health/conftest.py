"""The connection by OAuth that the tests of tokens have too."""

from tests.connections.test_secrets_never_leak import logged  # noqa: F401  # a fixture
from tests.connections.tokens.conftest import application, connection, processes  # noqa: F401  # fixtures
