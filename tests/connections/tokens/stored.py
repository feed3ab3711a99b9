"""An OAuth connection whose token is about to end: made through the API, then moved in time."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from audit.models import AuditEvent
from connections.models import AppConnection
from tests.clients import Api
from tests.connections.tokens.grantors import Grantor

FOUR_MINUTES = 240.0
MOMENTS = ("token_expires_at", "refresh_lease_until", "refresh_not_before", "refresh_unanswered_since")


@dataclass(frozen=True)
class Stored:
    """One connection in our books, and the server that it is to."""

    id: uuid.UUID
    api: Api
    grantor: Grantor

    @property
    def path(self) -> str:
        return f"{self.grantor.path}/{self.id}"

    @property
    def row(self) -> AppConnection:
        return AppConnection.objects.select_related("data_key").get(pk=self.id)

    @property
    def credentials(self) -> dict[str, Any]:
        return self.row.open_credentials()

    @property
    def token(self) -> str:
        return str(self.credentials["accessToken"])

    def ends_in(self, seconds: float) -> None:
        """Let the stored token end in so many seconds; those may be negative."""
        self.change(token_expires_at=timezone.now() + timedelta(seconds=seconds))

    def change(self, **columns: Any) -> None:
        AppConnection.objects.filter(pk=self.id).update(**columns)

    def time_passes(self, seconds: float) -> None:
        """Let the row become so many seconds older: leases and delays run out."""
        self.change(**{name: F(name) - timedelta(seconds=seconds) for name in MOMENTS})

    def reconnect(self) -> Any:
        """Give it a new grant, by PATCH with a new code."""
        return self.api.patch(self.path, {"credentials": self.grantor.credentials()})

    def list(self) -> Any:
        """Ask our API for a list that comes from the server."""
        return self.api.get(f"{self.path}/{self.grantor.listing}")


def connect(api: Api, grantor: Grantor, *, name: str = "by-oauth") -> Stored:
    """Make a connection with a code."""
    given = {"name": name, "method": grantor.method, "credentials": grantor.credentials()}
    answer = api.post(grantor.path, given)
    assert answer.status_code == 200, answer.content
    return Stored(uuid.UUID(answer.json()["appConnection"]["id"]), api, grantor)


def events(kind: str) -> list[Mapping[str, Any]]:
    """Return what the audit log holds of one kind of event, oldest first."""
    return list(AuditEvent.objects.filter(type=kind).order_by("created_at").values_list("metadata", flat=True))
