"""Machine identities, the ways they log in, and the tokens they hold."""

import uuid

from django.db import models
from django.db.models import Q

from organizations.models import Organization

THIRTY_DAYS = 30 * 24 * 3600


def everywhere() -> list[dict[str, str | int]]:
    """Return the trusted IPs that trust every address."""
    return [
        {"type": "ipv4", "ipAddress": "0.0.0.0", "prefix": 0},  # noqa: S104  # a network, nothing listens here
        {"type": "ipv6", "ipAddress": "::", "prefix": 0},
    ]


class AuthMethodName(models.TextChoices):
    """The names of the ways to log in, as the contract spells them."""

    TOKEN_AUTH = "token-auth"  # noqa: S105  # a name
    UNIVERSAL_AUTH = "universal-auth"


class InstanceSetup(models.Model):
    """The one row that says that this instance has been set up: there is no room for a second."""

    is_done = models.BooleanField(default=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"set up {self.created_at:%Y-%m-%d %H:%M}"


class Identity(models.Model):
    """A machine that calls the API. Its roles are kept in memberships, as a person's are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="identities")
    name = models.CharField(max_length=255)
    has_delete_protection = models.BooleanField(default=False)
    metadata = models.JSONField(default=list)
    last_login_method = models.CharField(max_length=32, null=True, choices=AuthMethodName.choices)
    last_login_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "identities"

    def __str__(self) -> str:
        return self.name

    @property
    def auth_methods(self) -> list[AuthMethodName]:
        """The ways this identity can log in. Free of queries after `select_related(*AUTH_METHODS)`."""
        return [name for relation, name in AUTH_METHODS.items() if hasattr(self, relation)]


# The reverse relations of an identity, and what the contract calls them.
AUTH_METHODS = {"token_auth": AuthMethodName.TOKEN_AUTH, "universal_auth": AuthMethodName.UNIVERSAL_AUTH}


class AuthMethod(models.Model):
    """What every way to log in has: the terms of the tokens it issues. Times in seconds, 0 is no limit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    access_token_ttl = models.PositiveIntegerField(default=THIRTY_DAYS)
    access_token_max_ttl = models.PositiveIntegerField(default=THIRTY_DAYS)
    access_token_num_uses_limit = models.PositiveIntegerField(default=0)
    access_token_trusted_ips = models.JSONField(default=everywhere)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class TokenAuth(AuthMethod):
    """Tokens that are made over the API and handed out: there is no login."""

    identity = models.OneToOneField(Identity, on_delete=models.CASCADE, related_name="token_auth")

    def __str__(self) -> str:
        return f"token auth of {self.identity_id}"


class UniversalAuth(AuthMethod):
    """Login with a client id and one of its client secrets."""

    identity = models.OneToOneField(Identity, on_delete=models.CASCADE, related_name="universal_auth")
    client_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    client_secret_trusted_ips = models.JSONField(default=everywhere)
    access_token_period = models.PositiveIntegerField(default=0)
    lockout_enabled = models.BooleanField(default=True)
    lockout_threshold = models.PositiveSmallIntegerField(default=3)
    lockout_duration_seconds = models.PositiveIntegerField(default=300)
    lockout_counter_reset_seconds = models.PositiveIntegerField(default=30)

    def __str__(self) -> str:
        return f"universal auth of {self.identity_id}"


class ClientSecret(models.Model):
    """A client secret, of which only a keyed digest is kept. `ttl` in seconds; 0 is no limit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    universal_auth = models.ForeignKey(UniversalAuth, on_delete=models.CASCADE, related_name="client_secrets")
    description = models.CharField(max_length=1024, blank=True)
    prefix = models.CharField(max_length=4)
    digest = models.CharField(max_length=64)
    ttl = models.PositiveIntegerField(default=0)
    num_uses = models.PositiveIntegerField(default=0)
    num_uses_limit = models.PositiveIntegerField(default=0)
    is_revoked = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["universal_auth", "prefix"], name="client_secret_by_prefix")]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class AccessToken(models.Model):
    """What a bearer token stands for. The token itself is a signed JWT that names this row; it is not stored.

    `ttl`, `max_ttl` and `period` are in seconds; 0 is no limit.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="access_tokens")
    token_auth = models.ForeignKey(TokenAuth, on_delete=models.CASCADE, null=True, related_name="access_tokens")
    universal_auth = models.ForeignKey(
        UniversalAuth, on_delete=models.CASCADE, null=True, related_name="access_tokens"
    )
    client_secret = models.ForeignKey(
        ClientSecret, on_delete=models.CASCADE, null=True, related_name="access_tokens"
    )
    name = models.CharField(max_length=255, null=True)
    ttl = models.PositiveIntegerField()
    max_ttl = models.PositiveIntegerField()
    period = models.PositiveIntegerField(default=0)
    num_uses = models.PositiveIntegerField(default=0)
    num_uses_limit = models.PositiveIntegerField(default=0)
    is_revoked = models.BooleanField(default=False)
    last_used_at = models.DateTimeField(null=True)
    last_renewed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(token_auth__isnull=True) ^ Q(universal_auth__isnull=True),
                name="access_token_has_one_auth_method",
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)

    @property
    def auth(self) -> "TokenAuth | UniversalAuth":
        """The way to log in that the token came by; every token has exactly one."""
        found = self.token_auth or self.universal_auth
        if found is None:
            raise ValueError("an access token without its auth method")
        return found

    @property
    def auth_method(self) -> AuthMethodName:
        return AuthMethodName.TOKEN_AUTH if self.token_auth_id else AuthMethodName.UNIVERSAL_AUTH


class LoginFailure(models.Model):
    """Failed logins of one client id, known or not. `key` is a digest of the client id.

    After `expires_at` (Unix time) the row counts as gone: the failures are forgotten, or the lockout is over.
    """

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField()
    expires_at = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.failures} failures"
