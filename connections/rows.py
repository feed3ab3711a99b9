"""How connections are read: one query, no decryption, rows that hold nothing but what may be shown.

These are the product's hottest reads. Building ORM queries and model instances costs more than the database does,
and converting ids and times more than the rest, so the one SELECT is written by hand and gives both as the text
that the wire wants. `view_of` gives the same row for a model instance, and a test holds the two equal.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection as database

from connections.models import AppConnection

SELECT = """
    SELECT {id}, {organization_id}, {project_id}, c.app, c.method, c.name, c.description, c.version,
           {created_at}, {updated_at}, c.credentials_hash, c.public, p.name, p.type, p.slug
    FROM connections_appconnection c LEFT JOIN organizations_project p ON p.id = c.project_id
"""
IDS = ("id", "organization_id", "project_id")
MOMENTS = ("created_at", "updated_at")
# An id with its hyphens, and a moment of RFC 3339 in UTC cut to the millisecond, in the words of each database.
AS_TEXT = {
    "postgresql": (
        "c.{}::text",
        "to_char(c.{} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
    ),
    # Django stores 32 hex digits, and a time without its fraction when that is zero.
    "sqlite": (
        "substr(c.{0}, 1, 8) || '-' || substr(c.{0}, 9, 4) || '-' || substr(c.{0}, 13, 4) || '-' || "
        "substr(c.{0}, 17, 4) || '-' || substr(c.{0}, 21)",
        "substr(c.{0}, 1, 10) || 'T' || substr(c.{0} || '.000000', 12, 12) || 'Z'",
    ),
}
# The order of bytes, whatever the collation of the database: Python sorts so too.
ORDER = {"postgresql": 'c.name COLLATE "C"', "sqlite": "c.name"}
STATEMENTS = {
    vendor: SELECT.format(
        **{column: id_text.format(column) for column in IDS},
        **{column: moment_text.format(column) for column in MOMENTS},
    )
    for vendor, (id_text, moment_text) in AS_TEXT.items()
}
AT_ONCE = 200  # rows of a list that are Python's at one time: ten thousand take tens of megabytes


class ConnectionView(NamedTuple):
    """A connection as it may be shown: ids and moments as text, `public` as the public credential fields."""

    id: str
    organization_id: str
    project_id: str | None
    app: str
    method: str
    name: str
    description: str | None
    version: int
    created_at: str
    updated_at: str
    credentials_hash: str
    public: dict[str, Any]
    project_name: str | None
    project_type: str | None
    project_slug: str | None


def view_of(connection: AppConnection) -> ConnectionView:
    """Return a model instance as it may be shown."""
    project = connection.project
    return ConnectionView(
        str(connection.id),
        str(connection.organization_id),
        str(connection.project_id) if connection.project_id else None,
        connection.app,
        connection.method,
        connection.name,
        connection.description,
        connection.version,
        _moment(connection.created_at),
        _moment(connection.updated_at),
        connection.credentials_hash,
        connection.public,
        project.name if project else None,
        project.type if project else None,
        project.slug if project else None,
    )


def by_id(connection_id: uuid.UUID) -> ConnectionView | None:
    return _select_one("WHERE c.id = %s", _as_stored(connection_id))


def by_name(organization_id: uuid.UUID, project_id: uuid.UUID | None, name: str) -> ConnectionView | None:
    """Return the connection of that name among a project's, or among the organization's own."""
    if project_id is None:
        where = "WHERE c.organization_id = %s AND c.project_id IS NULL AND c.name = %s"
        return _select_one(where, _as_stored(organization_id), name)
    where = "WHERE c.project_id = %s AND c.name = %s"
    return _select_one(where, _as_stored(project_id), name)


def of_organization(organization_id: uuid.UUID, app: str | None = None) -> Iterator[ConnectionView]:
    """Yield all connections of an organization, those of its projects included, by name."""
    return _by_name("WHERE c.organization_id = %s", organization_id, app)


def of_organization_itself(organization_id: uuid.UUID, app: str | None = None) -> Iterator[ConnectionView]:
    """Yield the connections that belong to the organization and to none of its projects, by name."""
    return _by_name("WHERE c.organization_id = %s AND c.project_id IS NULL", organization_id, app)


def of_project(project_id: uuid.UUID, app: str | None = None) -> Iterator[ConnectionView]:
    return _by_name("WHERE c.project_id = %s", project_id, app)


def _by_name(where: str, owner_id: uuid.UUID, app: str | None) -> Iterator[ConnectionView]:
    if app is None:
        return _select(f"{where} ORDER BY {ORDER[database.vendor]}, c.id", _as_stored(owner_id))
    where = f"{where} AND c.app = %s"
    return _select(f"{where} ORDER BY {ORDER[database.vendor]}, c.id", _as_stored(owner_id), app)


def _select(rest: str, *parameters: Any) -> Iterator[ConnectionView]:
    with database.cursor() as cursor:
        cursor.execute(STATEMENTS[database.vendor] + rest, parameters)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from map(_view, rows)


def _select_one(rest: str, *parameters: Any) -> ConnectionView | None:
    with database.cursor() as cursor:
        cursor.execute(STATEMENTS[database.vendor] + rest, parameters)
        row = cursor.fetchone()
    return _view(row) if row else None


def _view(row: Sequence[Any]) -> ConnectionView:
    return ConnectionView._make((*row[:11], orjson.loads(row[11]), *row[12:]))


def _as_stored(value: uuid.UUID) -> uuid.UUID | str:
    return value if database.features.has_native_uuid_field else value.hex


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
