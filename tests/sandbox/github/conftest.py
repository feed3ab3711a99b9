from collections.abc import Iterator

import pytest
import requests

from sandbox.github import Sandbox
from tests.sandbox.github.client import Client


@pytest.fixture
def github() -> Iterator[Sandbox]:
    """A GitHub with an organization that ann owns and bob is a member of."""
    with Sandbox() as github:
        github.organization("acme", {"ann": "admin", "bob": "member"})
        yield github


@pytest.fixture
def client(github: Sandbox, http: requests.Session) -> Client:
    return Client(github, http)
