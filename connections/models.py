"""A connection, the GitLab or GitHub that an organization registers for its connections, and the sealing keys."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from connections import vault
from connections.providers import PROVIDERS
from connections.providers.base import Method, Provider
from organizations.models import Organization, Project

DATA_KEY = "data key"
CREDENTIALS = "credentials"
CLIENT_SECRETS = "client secrets"


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


class Instance(models.Model):
    """A GitLab or GitHub that an organization registers: its address, our OAuth client there, how to reach it.

    `url` is in normal form (`providers.urls.normal_url`). The settings apply to every call to that address for this
    organization. `allow_private` opens private addresses as far as the operator opens them at all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="instances")
    app = models.CharField(max_length=32)
    url = models.CharField(max_length=255)
    client_id = models.CharField(max_length=255, blank=True)
    sealed_client_secrets = models.TextField(blank=True)
    client_secret_count = models.PositiveSmallIntegerField(default=0)
    data_key = models.ForeignKey(DataKey, on_delete=models.RESTRICT, related_name="instances")
    ca_pem = models.TextField(blank=True)
    allow_private = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "app", "url"], name="instance_is_registered_once")
        ]

    def __str__(self) -> str:
        return self.url

    def seal_client_secrets(self, client_secrets: list[str], key: DataKey) -> None:
        """Keep the client's secrets, in the order in which they are tried, sealed with the organization's key."""
        plaintext = json.dumps(client_secrets).encode()
        self.sealed_client_secrets = vault.seal(key.unwrap(), plaintext, self._place()) if client_secrets else ""
        self.client_secret_count = len(client_secrets)
        self.data_key = key

    def open_client_secrets(self) -> list[str]:
        """Return the client's secrets; raises Unsealable."""
        if not self.sealed_client_secrets:
            return []
        plaintext = vault.open_sealed([self.data_key.unwrap()], self.sealed_client_secrets, self._place())
        client_secrets: list[str] = json.loads(plaintext)
        return client_secrets

    def _place(self) -> vault.Place:
        return vault.Place(self.organization_id, self.id, CLIENT_SECRETS)


class AppConnection(models.Model):
    """A connection to GitLab or GitHub, of an organization or of one of its projects.

    What may be shown stands apart from the sealed credentials and is written together with them: reading opens
    nothing. `credentials_hash` is stored, so that sealing the same credentials anew does not change it.

    `status` with `cause` and `cure` is what was found when somebody last looked; `state` is what holds now. The
    columns from `verified_at` on are those of `health.py`: when the credentials last were seen to work, when the
    last check began, when the next one is due (null: at once), and how many have failed in a row.

    The columns from `token_expires_at` on are those of `tokens.py`: when the access token ends (null: never), who
    refreshes it and until when that claim holds, since when there may be a refresh whose answer was lost, and how
    often and until when it is put off.
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
    checked_at = models.DateTimeField(null=True)
    check_due_at = models.DateTimeField(null=True, db_index=True)
    check_failures = models.PositiveIntegerField(default=0, db_default=0)
    status = models.CharField(max_length=32, default=Status.UNCHECKED)
    cause = models.TextField(blank=True)
    cure = models.TextField(blank=True)

    token_expires_at = models.DateTimeField(null=True)
    refresh_owner = models.UUIDField(null=True)
    refresh_lease_until = models.DateTimeField(null=True)
    refresh_unanswered_since = models.DateTimeField(null=True)
    refresh_failures = models.PositiveIntegerField(default=0)
    refresh_not_before = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["token_expires_at"],
                condition=Q(token_expires_at__isnull=False),
                name="tokens_by_their_end",
            )
        ]
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

    @property
    def provider(self) -> Provider:
        """The app that it is to."""
        return PROVIDERS[self.app]

    @property
    def way(self) -> Method:
        """The method by which it was made."""
        return self.provider.methods[self.method]

    @property
    def instance_url(self) -> str:
        """The address of the GitLab or GitHub that it is to."""
        return self.provider.server_url(self.public, self.provider.client_variables.default_url)

    @property
    def has_grant(self) -> bool:
        """Tell whether it is renewed by reconnecting; otherwise its credentials are replaced."""
        return self.way.oauth is not None

    @property
    def state(self) -> State:
        """How it is now: what was found by the last check, and what time has done since."""
        now = timezone.now()
        if self.expires_at and self.expires_at <= now:
            cause = f"Its credentials ended on {_day(self.expires_at)}."
            return State(Status.RECONNECT_REQUIRED, "Expired", cause, REPLACE)
        if self.lacks_token and self.status in TIMED:
            return State(Status.FAILING, STATUS_WORDS[Status.FAILING], self.cause, self.cure)
        if self.expires_at and self.status in TIMED and self.expires_at <= now + EXPIRES_SOON:
            cause = f"Its credentials end on {_day(self.expires_at)}."
            return State(Status.EXPIRING, STATUS_WORDS[Status.EXPIRING], cause, REPLACE)
        status = Status.HEALTHY if self.status == Status.EXPIRING else Status(self.status)
        return State(status, words_of(status, has_grant=self.has_grant), self.cause, self.cure)

    @property
    def lacks_token(self) -> bool:
        """Tell whether its access token has ended, and no new one could be had; the cause is on the row."""
        has_ended = self.token_expires_at is not None and self.token_expires_at <= timezone.now()
        return has_ended and self.refresh_failures > 0

    @property
    def status_words(self) -> str:
        """The state as people read it."""
        return self.state.words

    def settle(self) -> None:
        """Say that all is well: the credentials work, and nothing is known against them."""
        self.status = Status.HEALTHY
        self.cause = self.cure = ""
        self.refresh_owner = self.refresh_lease_until = self.refresh_unanswered_since = None
        self.refresh_failures = 0
        self.refresh_not_before = None

    def open_credentials(self) -> dict[str, Any]:
        """Return the credentials, the only way to them; raises Unsealable."""
        plaintext = vault.open_sealed([self.data_key.unwrap()], self.sealed_credentials, self._place())
        credentials: dict[str, Any] = json.loads(plaintext)
        return credentials

    def _place(self) -> vault.Place:
        return vault.Place(self.organization_id, self.id, CREDENTIALS)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
