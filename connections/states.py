"""The states a connection can be in, in words, and as an expression of the database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db import models
from django.db.models import Case, Value, When


class Status(StrEnum):
    """What is known of a connection's health."""

    EXPIRING = "expiring"
    FAILING = "failing"
    HEALTHY = "healthy"
    RECONNECT_REQUIRED = "reconnect_required"
    UNCHECKED = "unchecked"


STATUS_WORDS: Mapping[str, str] = {
    Status.EXPIRING: "Expires soon",
    Status.FAILING: "Failing",
    Status.HEALTHY: "Healthy",
    Status.RECONNECT_REQUIRED: "Needs to be reconnected",
    Status.UNCHECKED: "Not checked yet",
}
# So long before its end a credential that nobody renews by itself is said to expire soon.
EXPIRES_SOON = timedelta(days=14)
REPLACE = "Replace its credentials with new ones: its id, name and everything that uses it stay as they are."


def words_of(status: str, *, has_grant: bool) -> str:
    """Return a status as people read it; what has no grant cannot be reconnected."""
    if status == Status.RECONNECT_REQUIRED and not has_grant:
        return "Needs new credentials"
    return STATUS_WORDS.get(status, status)


class State(NamedTuple):
    """How a connection is at this moment, with what is the matter and what to do about it, if anything is."""

    status: Status
    words: str
    cause: str = ""
    cure: str = ""


# What time makes something worse of; what is worse already stays as it is.
TIMED = (Status.EXPIRING, Status.HEALTHY, Status.UNCHECKED)


def status_at(now: datetime) -> Case:
    """Return `AppConnection.state.status` as an expression, to filter, sort and count by."""
    return Case(
        When(expires_at__lte=now, then=Value(Status.RECONNECT_REQUIRED)),
        When(token_expires_at__lte=now, refresh_failures__gt=0, status__in=TIMED, then=Value(Status.FAILING)),
        When(expires_at__lte=now + EXPIRES_SOON, status__in=TIMED, then=Value(Status.EXPIRING)),
        When(status=Status.EXPIRING, then=Value(Status.HEALTHY)),
        default="status",
        output_field=models.CharField(),
    )
