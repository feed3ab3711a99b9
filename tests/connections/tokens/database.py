"""A database that is away for other processes for a while."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg
from django.db import connection as database
from psycopg import sql

NAME = "the-process-under-test"  # its PGAPPNAME


def is_free() -> bool:
    """Tell whether the process under test holds nothing that others would have to wait for."""
    if database.vendor == "sqlite":
        with closing(sqlite3.connect(database.settings_dict["NAME"], isolation_level=None, timeout=0)) as trying:
            with suppress(sqlite3.OperationalError):
                trying.execute("BEGIN IMMEDIATE")
                trying.execute("ROLLBACK")
                return True
            return False
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND state <> 'idle'", [NAME]
        )
        return bool(cursor.fetchone() == (0,))


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
