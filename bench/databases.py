"""The temporary databases."""

import contextlib
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.postgresql import TemporaryCluster, binaries

TITLES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


@contextlib.contextmanager
def temporary(kind: str, folder: Path) -> Iterator[str]:
    """Yield the `DATABASE_URL` of an empty database that ends with the block."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    cluster = TemporaryCluster()
    try:
        cluster.start()
        # django-environ's way to name the folder of a Unix socket: a path that begins with a second slash.
        yield f"postgres://test@/{cluster.home}/postgres"
    finally:
        cluster.stop()


def is_installed(kind: str) -> bool:
    return kind == "sqlite" or binaries() is not None


def version(kind: str) -> str:
    if kind == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    folder = binaries()
    command = [str(folder / "postgres") if folder else "postgres", "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return f"PostgreSQL {shown.split()[2]}"
