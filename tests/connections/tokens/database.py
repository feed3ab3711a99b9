"""A database that is away for other processes for a while."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from django.db import connection as database
from psycopg import sql

NAME = "the-process-under-test"  # its PGAPPNAME


@contextmanager
def away() -> Iterator[None]:
    """Lock SQLite's file, or let PostgreSQL end the other process's connections and accept no new ones."""
    if database.vendor == "sqlite":
        with closing(sqlite3.connect(database.settings_dict["NAME"], isolation_level=None)) as locking:
            locking.execute("BEGIN IMMEDIATE")
            yield
            locking.execute("ROLLBACK")
        return
    with psycopg.connect(
        host=database.settings_dict["HOST"], user=database.settings_dict["USER"], dbname="postgres", autocommit=True
    ) as admin:
        name = sql.Identifier(database.settings_dict["NAME"])
        admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [NAME])
        try:
            yield
        finally:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
