"""An App known at GitHub, and who connects by it."""

from typing import Any

import pytest

from sandbox.github import Sandbox
from sandbox.github.applications import App
from tests.connections.github import world as at_github
from tests.oauth.people import Person, person
from tests.oauth.ways import GITHUB_APP, Installing


@pytest.fixture
def app(github: Sandbox, settings: Any) -> App:
    """How we are known at GitHub; at GitLab, too."""
    _, app = at_github.configure(settings, github)
    return app


@pytest.fixture
def forge(github: Sandbox, app: App) -> Installing:
    return Installing(github)


@pytest.fixture
def ann(db: None) -> Person:
    return person(way=GITHUB_APP)
