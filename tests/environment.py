"""The environment the tests run in, set before Django reads its settings; `.env` is not read.

`pytest --postgresql` runs on a temporary PostgreSQL cluster instead of SQLite.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import TemporaryCluster, binaries

SETTINGS = {
    "ENV_FILE": "",
    "SECRET_KEY": "for tests only, for tests only, for tests only, for tests only",
    "ENCRYPTION_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "SITE_URL": "http://127.0.0.1:8000",
    "ALLOWED_INTERNAL_HOSTS": "127.0.0.1,localhost",
    "RATE_LIMIT_LOGIN": "0",
    "RATE_LIMIT_PASSWORD_RESET": "0",
    "RATE_LIMIT_SECOND_FACTOR": "0",
    "RATE_LIMIT_SIGN_IN": "0",
    # Playwright keeps an event loop in the tests' thread, and Django then refuses to touch the database there.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    "LOG_LEVEL": "INFO",
}
HOW_TO_GET_POSTGRESQL = (
    "PostgreSQL tests skipped: no server binaries found. On Debian and Ubuntu: apt-get install postgresql"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgresql", action="store_true", help="run on a temporary PostgreSQL cluster")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    on_postgresql = early_config.known_args_namespace.postgresql
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    os.environ.update(SETTINGS)
    os.environ["DATA_DIR"] = data_folder(early_config)
    os.environ["DATABASE_URL"] = "sqlite:///:memory:"
    if on_postgresql:
        start_postgresql(early_config)


def data_folder(config: pytest.Config) -> str:
    """Make a folder for this run, with the empty folder of static files that WhiteNoise warns about otherwise."""
    folder = tempfile.TemporaryDirectory(prefix="app-connections-tests-")
    config.add_cleanup(folder.cleanup)
    (Path(folder.name) / "static").mkdir()
    return folder.name


def start_postgresql(config: pytest.Config) -> None:
    """Start a cluster for this run. Without the binaries the run ends: green with a line, red under CI."""
    if not binaries():
        sys.stderr.write(f"{HOW_TO_GET_POSTGRESQL}\n")
        sys.exit(1 if os.environ.get("CI") else 0)
    cluster = TemporaryCluster()
    config.add_cleanup(cluster.stop)
    os.environ["DATABASE_URL"] = cluster.start()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, run what touches the database: the rest has run already, and is the same."""
    if not config.getoption("--postgresql"):
        return
    touching = [item for item in items if touches_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in touching])
    items[:] = touching


def touches_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & {"db", "transactional_db"})


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    terminalreporter.write_line(f"database: {os.environ['DATABASE_URL'].partition(':')[0]}")
    yield
