"""Connections to check: by a token or by OAuth, made through the API, and what their rows say."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from audit.models import AuditEvent
from connections import health
from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from sandbox.gitlab.state import AccessToken
from tests.clients import Api
from tests.connections.requests import create

CHANGED, CHECKED = "change-app-connection-status", "check-app-connection"


def by_token(api: Api, gitlab: Sandbox, *, name: str = "a", **token: Any) -> tuple[uuid.UUID, AccessToken]:
    """Make a connection with a personal token; returns its id and the token."""
    made = gitlab.personal_token(**token)
    return uuid.UUID(create(api, gitlab, name=name, token=made.value)["id"]), made


def row(connection_id: uuid.UUID) -> AppConnection:
    return AppConnection.objects.get(pk=connection_id)


def change(connection_id: uuid.UUID, **columns: Any) -> None:
    AppConnection.objects.filter(pk=connection_id).update(**columns)


def checked(connection_id: uuid.UUID) -> AppConnection:
    """Check a connection as the worker does, and return its row."""
    health.check(connection_id)
    return row(connection_id)


def said(connection_id: uuid.UUID) -> tuple[str, str, str]:
    """Check a connection, and return status, cause and cure."""
    found = checked(connection_id).state
    return found.status, found.cause, found.cure


def events(kind: str) -> list[Mapping[str, Any]]:
    """Return what the audit log holds of one kind of event, oldest first."""
    return list(AuditEvent.objects.filter(type=kind).order_by("created_at").values_list("metadata", flat=True))


FAR = date(2199, 1, 31)
