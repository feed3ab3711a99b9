"""A connection and the keys that seal its credentials."""

import hashlib
import json
import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from connections import vault
from organizations.models import Organization, Project

DATA_KEY = "data key"
CREDENTIALS = "credentials"


class DataKey(models.Model):
    """The key that seals an organization's credentials, itself wrapped by a root key. The current one seals."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="data_keys")
    wrapped = models.TextField()
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(is_current=True), name="one_current_data_key"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    def wrap(self, material: bytes) -> None:
        """Keep `material` wrapped by the first root key."""
        self.wrapped = vault.seal(vault.root_keys()[0], material, self._place())

    def unwrap(self) -> vault.Key:
        """Return the key itself; raises Unsealable."""
        return vault.Key(str(self.id), vault.open_sealed(vault.root_keys(), self.wrapped, self._place()))

    def _place(self) -> vault.Place:
        return vault.Place(self.organization_id, self.id, DATA_KEY)


class AppConnection(models.Model):
    """A connection to GitLab or GitHub, of an organization or of one of its projects.

    What may be shown stands apart from the sealed credentials and is written together with them: reading opens
    nothing. `credentials_hash` is stored, so that sealing the same credentials anew does not change it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="connections")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="connections", null=True)
    app = models.CharField(max_length=32)
    method = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    description = models.CharField(max_length=256, null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    sealed_credentials = models.TextField()
    data_key = models.ForeignKey(DataKey, on_delete=models.RESTRICT, related_name="connections")
    credentials_hash = models.CharField(max_length=64)

    public = models.JSONField(default=dict)
    account = models.JSONField(null=True)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True)
    warnings = models.JSONField(default=list)
    verified_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=Q(project__isnull=True),
                name="name_is_unique_in_organization",
            ),
            models.UniqueConstraint(fields=["project", "name"], name="name_is_unique_in_project"),
        ]

    def __str__(self) -> str:
        return self.name

    def seal(self, credentials: dict[str, Any], key: DataKey) -> None:
        """Keep `credentials` sealed with the organization's data key."""
        plaintext = json.dumps(credentials, separators=(",", ":")).encode()
        self.sealed_credentials = vault.seal(key.unwrap(), plaintext, self._place())
        self.data_key = key
        self.credentials_hash = hashlib.sha256(self.sealed_credentials.encode()).hexdigest()

    def open_credentials(self) -> dict[str, Any]:
        """Return the credentials, the only way to them; raises Unsealable."""
        plaintext = vault.open_sealed([self.data_key.unwrap()], self.sealed_credentials, self._place())
        credentials: dict[str, Any] = json.loads(plaintext)
        return credentials

    def _place(self) -> vault.Place:
        return vault.Place(self.organization_id, self.id, CREDENTIALS)
