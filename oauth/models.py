"""The state of a handshake, kept on the server."""

import hashlib
import json
import uuid
from enum import StrEnum
from typing import Any

from django.db import models

from connections import vault
from connections.models import DataKey
from organizations.models import Organization, User

VERIFIER = "PKCE code verifier"
GRANT = "grant to be confirmed"


def digest(text: str) -> str:
    """Return what is stored of a value that must be recognized but not known."""
    return hashlib.sha256(text.encode()).hexdigest()


class Purpose(StrEnum):
    """What somebody is sent to a server for: to connect, or to have it make a client for us."""

    CONNECT = "connect"
    MAKE = "make"


class OAuthAttempt(models.Model):
    """One attempt to connect, or to make a client: who began it, for what, and whether it has come back.

    `given` is the public part of the credentials to come, `reconnects` the id of the connection that gets them. Ids
    of projects and connections are kept as they are, not as foreign keys: when one is deleted in between, the
    attempt can say so. `sealed_grant` holds the credentials of a reconnect that waits for a decision, `found` what
    may be shown of them.

    Of a client to be made, `method` is the kind and `name` its name there; what it takes the place of is `given`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    session_digest = models.CharField(max_length=64)
    state_digest = models.CharField(max_length=64, unique=True)
    data_key = models.ForeignKey(DataKey, on_delete=models.RESTRICT, related_name="+")
    sealed_verifier = models.TextField()

    purpose = models.CharField(max_length=16, default=Purpose.CONNECT, db_default=Purpose.CONNECT)
    app = models.CharField(max_length=32)
    method = models.CharField(max_length=32)
    given = models.JSONField(default=dict)
    instance_url = models.CharField(max_length=2048)
    redirect_uri = models.CharField(max_length=2048)
    use = models.CharField(max_length=32)
    scopes = models.JSONField(default=list)
    name = models.CharField(max_length=64)
    description = models.CharField(max_length=256, blank=True)
    project_id = models.UUIDField(null=True)
    reconnects = models.UUIDField(null=True)
    return_to = models.CharField(max_length=512)

    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    consumed_at = models.DateTimeField(null=True)
    sealed_grant = models.TextField(blank=True)
    found = models.JSONField(null=True)

    def __str__(self) -> str:
        return str(self.id)

    def seal_verifier(self, verifier: str) -> None:
        self.sealed_verifier = self._seal(verifier.encode(), VERIFIER)

    def open_verifier(self) -> str:
        """Return the PKCE code verifier; raises Unsealable."""
        return self._open(self.sealed_verifier, VERIFIER).decode()

    def seal_grant(self, credentials: dict[str, Any]) -> None:
        self.sealed_grant = self._seal(json.dumps(credentials).encode(), GRANT)

    def open_grant(self) -> dict[str, Any]:
        """Return the credentials that wait for a decision; raises Unsealable."""
        credentials: dict[str, Any] = json.loads(self._open(self.sealed_grant, GRANT))
        return credentials

    def _seal(self, plaintext: bytes, purpose: str) -> str:
        return vault.seal(self.data_key.unwrap(), plaintext, self._place(purpose))

    def _open(self, sealed: str, purpose: str) -> bytes:
        return vault.open_sealed([self.data_key.unwrap()], sealed, self._place(purpose))

    def _place(self, purpose: str) -> vault.Place:
        return vault.Place(self.organization_id, self.id, purpose)
