"""What every test can ask for: a GitLab and a GitHub on real sockets, and somebody who calls the API."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings

from audit import log
from sandbox.github import Sandbox as GitHub
from sandbox.gitlab import Sandbox
from tests import concurrency
from tests.clients import Api, identity_with
from tests.connections.github import world


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, as it is shipped: in memory, threads that write at once fail instead of waiting."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def passwords_are_hashed_quickly() -> Iterator[None]:
    """Making a person costs a tenth of a second otherwise, and nearly every test of a page makes some."""
    with override_settings(PASSWORD_HASHERS=["tests.hashing.QuickArgon2"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_not_collected() -> Iterator[None]:
    """Pages name static files as they are: their hashes are known after `collectstatic` only."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield


@pytest.fixture(scope="session")
def running_gitlab() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def gitlab(running_gitlab: Sandbox) -> Iterator[Sandbox]:
    """A well-behaved GitLab that has not been asked anything yet."""
    running_gitlab.clear_requests()
    yield running_gitlab
    running_gitlab.behave()


@pytest.fixture(scope="session")
def running_github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GitHub, Path]]:
    """A GitHub over TLS, since a bare host name is asked over nothing else, and the file of its authority."""
    with GitHub(tls=True) as sandbox:
        authority = tmp_path_factory.mktemp("github") / "ca.pem"
        authority.write_bytes(sandbox.ca_pem)
        world.populate(sandbox)
        yield sandbox, authority


@pytest.fixture
def github(running_github: tuple[GitHub, Path], settings: Any) -> Iterator[GitHub]:
    """A well-behaved GitHub that we trust, without any app, that has not been asked anything yet."""
    sandbox, authority = running_github
    settings.EXTRA_CA_CERTS = str(authority)
    sandbox.clear_requests()
    yield sandbox
    sandbox.behave()
    for application in list(sandbox.hub.applications.by_id.values()):
        sandbox.delete_application(application)
    sandbox.skew(0)
    sandbox.travel(time.time() - sandbox.clock.now())


@pytest.fixture
def clients(github: GitHub, settings: Any) -> None:
    """The operator has set an OAuth app and a GitHub App, both at the sandbox."""
    world.configure(settings, github)


@pytest.fixture
def admin(db: None) -> Api:
    """An admin identity of the first organization."""
    return identity_with(role="admin", name="admin")


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    """allauth counts attempts in the cache: those of one test must not be held against another."""
    cache.clear()


@pytest.fixture(autouse=True)
def reading_events_wait(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No thread writes events of reading behind a test's back: a test that wants them calls `buffer.flush()`."""
    monkeypatch.setattr(log, "FLUSH_SECONDS", 3600.0)
    yield
    log.buffer._waiting.clear()


@pytest.fixture
def several_connections(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """The database as threads need it: each with a connection of its own."""
    with concurrency.several_connections(tmp_path):
        yield
