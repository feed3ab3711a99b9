"""One connection by OAuth whose token has just ended, in a database that other processes can open too."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import github as sandbox_of_github
from tests.clients import Api
from tests.connections.github import world as at_github
from tests.connections.test_secrets_never_leak import logged  # noqa: F401  # a fixture
from tests.connections.tokens.grantors import AtGitHub, AtGitLab, Grantor
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import Stored, connect


@pytest.fixture(scope="session")
def running_github() -> Iterator[sandbox_of_github.Sandbox]:
    with sandbox_of_github.Sandbox(tls=True) as sandbox:
        at_github.populate(sandbox)
        yield sandbox


@pytest.fixture
def github(
    running_github: sandbox_of_github.Sandbox, tmp_path: Path, settings: Any
) -> Iterator[sandbox_of_github.Sandbox]:
    """A well-behaved GitHub whose certificate we trust, and that has not been asked anything yet."""
    authority = tmp_path / "github.pem"
    authority.write_bytes(running_github.ca_pem)
    settings.EXTRA_CA_CERTS = str(authority)
    running_github.clear_requests()
    yield running_github
    running_github.behave()
    running_github.skew(0)
    running_github.travel(time.time() - running_github.clock.now())


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
