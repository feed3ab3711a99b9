from collections.abc import Iterator

import pytest
import requests

from sandbox.gitlab import Sandbox
from tests.sandbox.client import Client


@pytest.fixture
def gitlab() -> Iterator[Sandbox]:
    with Sandbox() as gitlab:
        yield gitlab


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as http:
        http.trust_env = False
        yield http


@pytest.fixture
def client(gitlab: Sandbox, http: requests.Session) -> Client:
    return Client(gitlab, http)
