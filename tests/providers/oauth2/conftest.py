"""A GitLab on a socket, and our OAuth client there."""

import pytest

from connections.providers.clients import OAuthClient, Server
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.connections import oauth
from tests.providers.hostile import LOOPBACK


@pytest.fixture
def application(gitlab: Sandbox) -> Application:
    return gitlab.application(redirect_uris=[oauth.CALLBACK], scopes=oauth.SCOPES)


@pytest.fixture
def server(gitlab: Sandbox, application: Application) -> Server:
    """GitLab, as our client knows it."""
    client = OAuthClient(application.client_id, [application.client_secret], oauth.CALLBACK)
    return Server(url=gitlab.url, network=LOOPBACK, client=client)
