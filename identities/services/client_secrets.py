"""Client secrets: made and shown once, listed, revoked."""

import secrets
from dataclasses import dataclass, field

from django.db import transaction

from audit.events import Event
from identities.keys import Purpose, digests
from identities.models import AccessToken, ClientSecret
from identities.services import auth_methods, universal_auth
from identities.services.identities import as_uuid, record
from organizations.access import Principal
from organizations.roles import Permission
from wire.errors import NotFound

SECRET_BYTES = 32
PREFIX = 4


@dataclass(frozen=True, slots=True)
class Made:
    """A client secret in the moment it is made: `text` is kept nowhere."""

    text: str = field(repr=False)
    client_secret: ClientSecret


def create(principal: Principal, *, identity_id: str, description: str, num_uses_limit: int, ttl: int) -> Made:
    """Make a client secret. Raises NotFound, PermissionDenied, BeyondPrivileges."""
    auth = universal_auth.find(principal, Permission.IDENTITIES_EDIT, identity_id=identity_id)
    refused = "Failed to create client secret for identity."
    auth_methods.require_not_stronger(principal, auth.identity, refused)
    text = secrets.token_hex(SECRET_BYTES)
    with transaction.atomic():
        client_secret = ClientSecret.objects.create(
            universal_auth=auth,
            description=description,
            prefix=text[:PREFIX],
            digest=digests(text, Purpose.CLIENT_SECRET)[0],
            num_uses_limit=num_uses_limit,
            ttl=ttl,
        )
        record(Event.CREATE_CLIENT_SECRET, principal, auth.identity, clientSecretId=str(client_secret.id))
    return Made(text, client_secret)


def list_active(principal: Principal, *, identity_id: str) -> list[ClientSecret]:
    """Return the client secrets that are not revoked, newest first."""
    auth = universal_auth.find(principal, Permission.IDENTITIES_READ, identity_id=identity_id)
    return list(auth.client_secrets.filter(is_revoked=False).order_by("-created_at", "id"))


def get(
    principal: Principal,
    *,
    identity_id: str,
    client_secret_id: str,
    permission: Permission = Permission.IDENTITIES_READ,
) -> ClientSecret:
    """Return a client secret, revoked or not; raises NotFound."""
    auth = universal_auth.find(principal, permission, identity_id=identity_id)
    secret = auth.client_secrets.filter(pk=as_uuid(client_secret_id)).first()
    if secret is None:
        raise NotFound(f"Failed to find client secret with ID {client_secret_id}")
    return secret


def revoke(principal: Principal, *, identity_id: str, client_secret_id: str) -> ClientSecret:
    """Revoke a client secret and every token that was issued for it."""
    secret = get(
        principal,
        identity_id=identity_id,
        client_secret_id=client_secret_id,
        permission=Permission.IDENTITIES_EDIT,
    )
    identity = secret.universal_auth.identity
    auth_methods.require_not_stronger(principal, identity, "Failed to revoke client secret of identity.")
    secret.is_revoked = True
    with transaction.atomic():
        # The secret first: a login changes its row before it issues a token, so one waits for the other.
        secret.save(update_fields=["is_revoked", "updated_at"])
        AccessToken.objects.filter(client_secret=secret).update(is_revoked=True)
        record(Event.REVOKE_CLIENT_SECRET, principal, identity, clientSecretId=str(secret.id))
    return secret
