"""A real Chromium before a real server. What a page complains about in the console fails the test."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from sandbox.github import Sandbox as GitHub
from sandbox.gitlab import Sandbox
from tests.browser.console import silent
from tests.clients import SET_UP
from tests.connections import oauth
from tests.connections.github import world
from tests.server import ROOT, Server

# A condition is waited for as long as an action is, in milliseconds: other tests keep the machine busy.
expect.set_options(timeout=30_000)

HOW_TO_GET_CHROMIUM = "browser tests skipped: no Chromium found. On Debian and Ubuntu: apt-get install chromium"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the distribution's Chromium. Without one the tests are skipped, under CI they fail."""
    chromium = shutil.which("chromium")
    if not chromium:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW_TO_GET_CHROMIUM)
    no_sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium, "args": no_sandbox}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Trust the GitHub's authority, which the site is told of by a setting."""
    return {**browser_context_args, "ignore_https_errors": True}


@pytest.fixture(scope="session")
def forge() -> Iterator[Sandbox]:
    """The GitLab that the site connects to."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def octo() -> Iterator[GitHub]:
    """The GitHub that the site connects to, where ann owns acme and bob is a member of it."""
    with GitHub(tls=True) as sandbox:
        world.populate(sandbox)
        yield sandbox


@pytest.fixture(scope="session")
def site(
    browser: Browser, forge: Sandbox, octo: GitHub, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server of its own, set up with the person of `SET_UP` and with clients at the forge and at GitHub."""
    folder = tmp_path_factory.mktemp("site")
    server = Server(folder)
    server.environment |= known_at_gitlab(forge, server) | known_at_github(octo, server)
    server.environment["EXTRA_CA_CERTS"] = str(folder / "github.pem")
    (folder / "github.pem").write_bytes(octo.ca_pem)
    with server:
        answer = requests.post(f"{server.url}/api/v1/admin/bootstrap", json=SET_UP, timeout=30)
        assert answer.ok, answer.text
        yield server


def known_at_gitlab(forge: Sandbox, server: Server) -> dict[str, str]:
    callback = f"{server.url}/organization/app-connections/gitlab/oauth/callback"
    return oauth.variables(forge, forge.application(redirect_uris=[callback], scopes=oauth.SCOPES))


def known_at_github(octo: GitHub, server: Server) -> dict[str, str]:
    callbacks = [f"{server.url}/organization/app-connections/github/oauth/callback"]
    application = octo.oauth_application(redirect_uris=callbacks)
    app = octo.app("Acme Connections", callback_urls=callbacks)
    return {**world.oauth_variables(octo, application), **world.app_variables(octo, app)}


@pytest.fixture(scope="session")
def furnished(site: Server, forge: Sandbox, octo: GitHub) -> dict[str, str]:
    """One of everything on the site, in every state: the ids by what they name."""
    given = {
        "gitlab_url": forge.url,
        "access_token": forge.personal_token("ann").value,
        "at_github": world.credentials(octo, "pat"),
    }
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.furnishing"],
        cwd=ROOT,
        env={**site.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        input=json.dumps(given),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    ids: dict[str, str] = json.loads(made.stdout)
    return ids


@pytest.fixture(scope="session")
def base_url(site: Server) -> str:
    """What `page.goto("/path")` starts from."""
    return site.url


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that must stay silent."""
    with silent(page):
        yield page
