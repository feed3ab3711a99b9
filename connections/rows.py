"""How connections are read: one query, no decryption, rows that hold nothing but what may be shown.

These are the product's hottest reads. Building an ORM query and model instances costs more than the database
does, so the one SELECT is written by hand; `view_of` gives the same row for a model instance, and a test holds
the two equal.
"""

import json
import uuid
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection as database

from connections.models import AppConnection

COLUMNS = """
    SELECT c.id, c.organization_id, c.project_id, c.app, c.method, c.name, c.description, c.version,
           c.created_at, c.updated_at, c.credentials_hash, c.public, p.name, p.type, p.slug
    FROM connections_appconnection c LEFT JOIN organizations_project p ON p.id = c.project_id
"""


class ConnectionView(NamedTuple):
    """A connection as it may be shown. `public` holds the public credential fields."""

    id: uuid.UUID
    organization_id: uuid.UUID
    project_id: uuid.UUID | None
    app: str
    method: str
    name: str
    description: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    credentials_hash: str
    public: dict[str, Any]
    project_name: str | None
    project_type: str | None
    project_slug: str | None


def view_of(connection: AppConnection) -> ConnectionView:
    """Return a model instance as it may be shown."""
    project = connection.project
    return ConnectionView(
        connection.id,
        connection.organization_id,
        connection.project_id,
        connection.app,
        connection.method,
        connection.name,
        connection.description,
        connection.version,
        connection.created_at,
        connection.updated_at,
        connection.credentials_hash,
        connection.public,
        project.name if project else None,
        project.type if project else None,
        project.slug if project else None,
    )


def by_id(connection_id: uuid.UUID) -> ConnectionView | None:
    return next(iter(_select("WHERE c.id = %s", _as_stored(connection_id))), None)


def by_name(organization_id: uuid.UUID, project_id: uuid.UUID | None, name: str) -> ConnectionView | None:
    """Return the connection of that name among a project's, or among the organization's own."""
    if project_id is None:
        where = "WHERE c.organization_id = %s AND c.project_id IS NULL AND c.name = %s"
        return next(iter(_select(where, _as_stored(organization_id), name)), None)
    where = "WHERE c.project_id = %s AND c.name = %s"
    return next(iter(_select(where, _as_stored(project_id), name)), None)


def of_organization(organization_id: uuid.UUID, app: str | None = None) -> list[ConnectionView]:
    """Return all connections of an organization, those of its projects included, by name."""
    return _by_name("WHERE c.organization_id = %s", organization_id, app)


def of_organization_itself(organization_id: uuid.UUID, app: str | None = None) -> list[ConnectionView]:
    """Return the connections that belong to the organization and to none of its projects, by name."""
    return _by_name("WHERE c.organization_id = %s AND c.project_id IS NULL", organization_id, app)


def of_project(project_id: uuid.UUID, app: str | None = None) -> list[ConnectionView]:
    return _by_name("WHERE c.project_id = %s", project_id, app)


def _by_name(where: str, owner_id: uuid.UUID, app: str | None) -> list[ConnectionView]:
    if app is None:
        return _select(f"{where} ORDER BY c.name, c.id", _as_stored(owner_id))
    return _select(f"{where} AND c.app = %s ORDER BY c.name, c.id", _as_stored(owner_id), app)


def _select(rest: str, *parameters: Any) -> list[ConnectionView]:
    with database.cursor() as cursor:
        cursor.execute(COLUMNS + rest, parameters)
        rows = cursor.fetchall()
    read = _from_postgresql if database.vendor == "postgresql" else _from_sqlite
    return [read(row) for row in rows]


def _as_stored(value: uuid.UUID) -> uuid.UUID | str:
    """SQLite has no UUID type: Django stores 32 hex digits."""
    return value if database.vendor == "postgresql" else value.hex


def _from_postgresql(row: tuple[Any, ...]) -> ConnectionView:
    return ConnectionView._make((*row[:11], json.loads(row[11]), *row[12:]))


def _from_sqlite(row: tuple[Any, ...]) -> ConnectionView:
    ids = (uuid.UUID(row[0]), uuid.UUID(row[1]), uuid.UUID(row[2]) if row[2] else None)
    moments = (row[8].replace(tzinfo=UTC), row[9].replace(tzinfo=UTC))
    return ConnectionView._make((*ids, *row[3:8], *moments, row[10], json.loads(row[11]), *row[12:]))
