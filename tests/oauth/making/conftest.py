"""A GitHub that makes Apps, registered with the organization, and an admin who may have one made."""

from collections.abc import Iterator

import pytest

from connections import instances
from connections.models import Instance
from connections.providers import PROVIDERS
from sandbox.github import Sandbox
from tests.oauth.people import Person
from tests.pages.world import principal


@pytest.fixture(scope="module")
def running_github() -> Iterator[Sandbox]:
    with Sandbox(tls=True) as sandbox:
        sandbox.organization("acme", members={"ann": "admin", "bob": "member"})
        yield sandbox


@pytest.fixture
def github(running_github: Sandbox) -> Iterator[Sandbox]:
    """A well-behaved GitHub."""
    running_github.clear_requests()
    yield running_github
    running_github.behave()


@pytest.fixture
def instance(ann: Person, github: Sandbox) -> Instance:
    """The GitHub as it is registered, without a client."""
    return instances.register(
        principal(ann.user),
        PROVIDERS["github"],
        url=github.url,
        ca_pem=github.ca_pem.decode(),
        allow_private=True,
    )
