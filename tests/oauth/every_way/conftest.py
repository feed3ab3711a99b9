"""What is tried in this folder holds for every way through a browser: each test runs for each of them."""

from typing import Any

import pytest

from sandbox.github import Sandbox as GitHub
from sandbox.github.applications import OAuthApplication
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.connections import oauth
from tests.connections.github import world as at_github
from tests.oauth.people import Person, person
from tests.oauth.ways import GITHUB_APP, GITLAB, WAYS, Forge, Installing, Way


@pytest.fixture(params=WAYS, ids=lambda way: f"{way.app}-{way.method}")
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = request.param
    return found


@pytest.fixture
def application(way: Way, gitlab: Sandbox, github: GitHub, settings: Any) -> Application | OAuthApplication:
    """How we are known where this way leads."""
    if way is GITLAB:
        return oauth.configure(settings, gitlab)
    application, app = at_github.configure(settings, github)
    return app if way is GITHUB_APP else application


@pytest.fixture
def forge(way: Way, gitlab: Sandbox, github: GitHub, application: Application | OAuthApplication) -> Forge:
    """The server where this way leads."""
    if way is GITLAB:
        return gitlab
    return Installing(github) if way is GITHUB_APP else github


@pytest.fixture
def ann(db: None, way: Way) -> Person:
    """An admin of the organization."""
    return person(way=way)
