"""What the audit log tells of a connection, in people's words."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from audit.events import Event
from audit.models import AuditEvent
from connections.models import AppConnection
from connections.states import words_of

WORDS: Mapping[str, str] = {
    Event.CHANGE_APP_CONNECTION_STATUS: "State changed",
    Event.CHECK_APP_CONNECTION: "Checked",
    Event.CREATE_APP_CONNECTION: "Created",
    Event.DELETE_APP_CONNECTION: "Deleted",
    Event.GET_APP_CONNECTION: "Looked at",
    Event.LIST_WITH_APP_CONNECTION: "Used for a list",
    Event.LOSE_APP_CONNECTION_GRANT: "Grant lost",
    Event.REFRESH_APP_CONNECTION_TOKEN: "Token refreshed",
    Event.REVOKE_APP_CONNECTION_GRANT: "Old grant revoked",
    Event.UPDATE_APP_CONNECTION: "Changed",
}


class Told(NamedTuple):
    """One event: what happened, with its details, and the event itself."""

    what: str
    details: str
    event: AuditEvent


def told(connection: AppConnection, event: AuditEvent) -> Told:
    """Return an event of a connection as people read it; one that has no words yet goes by its name."""
    details = _details(event.metadata, connection.has_grant)
    return Told(WORDS.get(event.type, event.type), " ".join(details), event)


def _details(metadata: dict[str, Any], has_grant: bool) -> Iterator[str]:
    steps = [metadata[name] for name in ("statusBefore", "status") if metadata.get(name)]
    if steps:
        yield " → ".join(dict.fromkeys(words_of(step, has_grant=has_grant) for step in steps)) + "."
    changed = list(metadata.get("changed") or []) + (["credentials"] if metadata.get("credentialsUpdated") else [])
    if changed:
        yield f"{', '.join(changed).capitalize()}."
    if metadata.get("listed"):
        yield f"{str(metadata['listed']).capitalize()}."
    if metadata.get("revoked") is False:
        yield "It did not work."
    if metadata.get("undecided"):
        yield f"No verdict: {metadata['undecided']}"
    if metadata.get("cause"):
        yield str(metadata["cause"])
