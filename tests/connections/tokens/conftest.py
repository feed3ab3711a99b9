"""One connection by OAuth whose token has just ended, in a database that other processes can open too."""

from pathlib import Path
from typing import Any

import pytest

from tests.clients import Api
from tests.connections.test_secrets_never_leak import logged  # noqa: F401  # a fixture
from tests.connections.tokens.grantors import AtGitHub, AtGitLab, Grantor
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import Stored, connect


@pytest.fixture(params=["gitlab", "github"])
def grantor(request: pytest.FixtureRequest, settings: Any) -> Grantor:
    """Each server whose tokens are refreshed, with the operator's client there."""
    sandbox = request.getfixturevalue(request.param)
    made = AtGitLab(sandbox) if request.param == "gitlab" else AtGitHub(sandbox, settings.EXTRA_CA_CERTS)
    return made.configure(settings)


@pytest.fixture
def connection(admin: Api, grantor: Grantor) -> Stored:
    """A connection whose token has ended a second ago."""
    made = connect(admin, grantor)
    made.ends_in(-1)
    grantor.sandbox.clear_requests()
    return made


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    """Starts further processes of the product on the test's database."""
    return Processes(tmp_path)
