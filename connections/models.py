"""A connection, the GitLab or GitHub that an organization registers for its connections, and the sealing keys."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from connections import vault
from connections.providers import PROVIDERS
from connections.providers.base import Method, Provider
from connections.states import EXPIRES_SOON, REPLACE, STATUS_WORDS, TIMED, State, Status, words_of
from organizations.models import Organization, Project

DATA_KEY = "data key"
CREDENTIALS = "credentials"
CLIENT_SECRETS = "client secrets"


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
    """A GitLab or GitHub that an organization registers: its address, our clients there, how to reach it.

    `url` is in normal form (`providers.urls.normal_url`). The settings apply to every call to that address for this
    organization. `allow_private` opens private addresses as far as the operator opens them at all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="instances")
    app = models.CharField(max_length=32)
    url = models.CharField(max_length=255)
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

    def client(self, kind: str) -> "Client | None":
        """Return our client of this kind there, if it has one of its own."""
        return next((client for client in self.clients.all() if client.kind == kind), None)


@dataclass(frozen=True, slots=True)
class ClientSecrets:
    """What is sealed of a client: its secrets and private keys in the order in which they are tried, and others."""

    secrets: Sequence[str]
    private_keys: Sequence[str] = ()
    others: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"ClientSecrets({len(self.secrets)})"


class Client(models.Model):
    """How we are known at a registered instance: a client of a kind that its provider declares.

    `details` is what else may be told of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="clients")
    kind = models.CharField(max_length=32)
    client_id = models.CharField(max_length=255)
    details = models.JSONField(default=dict)
    secret_count = models.PositiveSmallIntegerField(default=0)
    sealed_secrets = models.TextField()
    data_key = models.ForeignKey(DataKey, on_delete=models.RESTRICT, related_name="clients")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "kind"], name="client_is_one_of_its_kind")]

    def __str__(self) -> str:
        return self.client_id

    def seal(self, held: ClientSecrets, key: DataKey) -> None:
        """Keep the client's secrets sealed with the organization's key."""
        plaintext = json.dumps(
            {"secrets": list(held.secrets), "privateKeys": list(held.private_keys), "others": dict(held.others)}
        )
        self.sealed_secrets = vault.seal(key.unwrap(), plaintext.encode(), self._place())
        self.secret_count = len(held.secrets)
        self.data_key = key

    def open(self) -> ClientSecrets:
        """Return the client's secrets; raises Unsealable."""
        found = json.loads(vault.open_sealed([self.data_key.unwrap()], self.sealed_secrets, self._place()))
        if isinstance(found, list):  # sealed before there were clients with more than secrets
            return ClientSecrets(found)
        return ClientSecrets(found["secrets"], found["privateKeys"] or (), found["others"])

    def _place(self) -> vault.Place:
        return vault.Place(self.instance.organization_id, self.id, CLIENT_SECRETS)


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
    details = models.JSONField(default=list)
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
        return self.provider.server_url(self.public, self.provider.default_url)

    @property
    def has_grant(self) -> bool:
        """Tell whether it is renewed by reconnecting; otherwise its credentials are replaced."""
        return self.way.oauth is not None

    @property
    def makes_tokens(self) -> bool:
        """Tell whether its access token can be made anew at any time, which ends no other."""
        return self.way.oauth is not None and self.way.oauth.makes_tokens

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
