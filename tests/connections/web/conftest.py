"""Who looks at the pages of instances, and an authority that one may trust."""

import pytest
from django.test import Client

from sandbox.gitlab import Sandbox
from tests.people import browser, person


@pytest.fixture
def ann() -> Client:
    """An admin of the organization."""
    return browser(person())


@pytest.fixture(scope="module")
def ca_pem() -> str:
    with Sandbox(tls=True) as gitlab:
        return gitlab.ca_pem.decode()
