"""From the database's word that something is taken to the client's error."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from wire.errors import WireError

UNIQUE_VIOLATIONS = {"23505", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"}


@contextmanager
def unless_taken(error: WireError) -> Iterator[None]:
    """Raise `error` when the block breaks a unique constraint; other integrity errors pass as they are."""
    try:
        yield
    except IntegrityError as failure:
        cause = failure.__cause__
        code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
        if code not in UNIQUE_VIOLATIONS:
            raise
        raise error from None
