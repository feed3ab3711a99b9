"""The database connection of this thread."""

from django.db import connection


def release() -> None:
    """Give the connection back before waiting for somebody else, so that waiting requests do not hold them all.

    Inside a transaction it stays: there it must not be called, and in tests it costs nothing.
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()
