"""Token auth of an identity, and the tokens that are made with it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.events import Event
from identities.models import AccessToken, Identity, TokenAuth
from identities.services import auth_methods
from identities.services.access_tokens import Issued, issue
from identities.services.identities import as_uuid, record, require_own_slug, stop_logins
from organizations.access import Principal, require
from organizations.roles import Permission
from wire.errors import BadRequest, NotFound, WireError
from wire.unique import unless_taken


def find(principal: Principal, permission: Permission, *, identity_id: str) -> TokenAuth:
    """Return the token auth of an identity; raises NotFound for an identity without one."""
    identity = auth_methods.find_identity(principal, permission, identity_id)
    return of(identity, not_configured(identity_id))


def not_configured(identity_id: str) -> NotFound:
    return NotFound(f"Failed to find token auth for identity with ID {identity_id}")


def of(identity: Identity, missing: WireError) -> TokenAuth:
    """Return the identity's token auth, or raise `missing`."""
    if not hasattr(identity, "token_auth"):
        raise missing
    auth: TokenAuth = identity.token_auth
    return auth


def attach(principal: Principal, *, identity_id: str, settings: Mapping[str, Any]) -> TokenAuth:
    """Let tokens be made for an identity; raises BadRequest when they already can."""
    identity = auth_methods.find_identity(principal, Permission.IDENTITIES_EDIT, identity_id)
    auth_methods.require_not_stronger(principal, identity, "Failed to add token auth to identity.")
    auth = TokenAuth(identity=identity, **auth_methods.stored(settings))
    taken = BadRequest("Failed to add token auth to already configured identity")
    with unless_taken(taken), transaction.atomic():
        auth.save(force_insert=True)
        record(Event.ADD_IDENTITY_TOKEN_AUTH, principal, identity, identityTokenAuthId=str(auth.id))
    return auth


def get(principal: Principal, *, identity_id: str) -> TokenAuth:
    return find(principal, Permission.IDENTITIES_READ, identity_id=identity_id)


def update(principal: Principal, *, identity_id: str, changes: Mapping[str, Any]) -> TokenAuth:
    """Change the settings; what is absent stays. Tokens made before keep their times."""
    auth = find(principal, Permission.IDENTITIES_EDIT, identity_id=identity_id)
    auth_methods.require_not_stronger(principal, auth.identity, "Failed to update token auth of identity.")
    with transaction.atomic():
        auth_methods.change(auth, changes)
        record(Event.UPDATE_IDENTITY_TOKEN_AUTH, principal, auth.identity, changed=sorted(changes))
    return auth


def remove(principal: Principal, *, identity_id: str) -> TokenAuth:
    """Take token auth away, with its tokens; returns what it was."""
    identity = auth_methods.find_identity(principal, Permission.IDENTITIES_EDIT, identity_id)
    auth = of(identity, BadRequest("The identity does not have token auth"))
    auth_methods.require_not_stronger(principal, identity, "Failed to revoke token auth of identity.")
    removed_id = auth.id
    with transaction.atomic():
        stop_logins(identity)
        record(Event.DELETE_IDENTITY_TOKEN_AUTH, principal, identity)
        auth.delete()
    auth.id = removed_id
    return auth


def create_token(
    principal: Principal, *, identity_id: str, name: str | None, organization_slug: str | None
) -> Issued:
    """Make a token. Raises NotFound, PermissionDenied, BeyondPrivileges."""
    auth = find(principal, Permission.IDENTITIES_EDIT, identity_id=identity_id)
    require_own_slug(auth.identity.organization, organization_slug)
    auth_methods.require_not_stronger(principal, auth.identity, "Failed to create token for identity.")
    with transaction.atomic():
        if not TokenAuth.objects.select_for_update(no_key=True).filter(pk=auth.pk).exists():
            raise not_configured(identity_id)
        issued = issue(auth, timezone.now(), name=name)
        record(Event.CREATE_TOKEN, principal, auth.identity, tokenId=str(issued.token.id))
    return issued


def list_tokens(principal: Principal, *, identity_id: str, offset: int, limit: int) -> list[AccessToken]:
    """Return some of the tokens that were made for an identity, newest first."""
    return list(tokens_of(principal, identity_id=identity_id)[offset : offset + limit])


def tokens_of(principal: Principal, *, identity_id: str) -> QuerySet[AccessToken]:
    """Return all of them."""
    auth = find(principal, Permission.IDENTITIES_READ, identity_id=identity_id)
    return auth.access_tokens.order_by("-created_at", "id")


def get_token(
    principal: Principal, *, token_id: str, permission: Permission = Permission.IDENTITIES_READ
) -> AccessToken:
    """Return a token that was made with token auth; raises NotFound."""
    missing = NotFound(f"Failed to find token with ID {token_id}")
    tokens = AccessToken.objects.filter(token_auth__isnull=False).select_related("identity")
    token = tokens.filter(pk=as_uuid(token_id)).first()
    if token is None:
        raise missing
    require(principal, permission, organization_id=token.identity.organization_id, missing=missing)
    return token


def rename_token(principal: Principal, *, token_id: str, name: str | None) -> AccessToken:
    token = get_token(principal, token_id=token_id, permission=Permission.IDENTITIES_EDIT)
    auth_methods.require_not_stronger(principal, token.identity, "Failed to update token of identity.")
    token.name = name
    with transaction.atomic():
        token.save(update_fields=["name", "updated_at"])
        record(Event.UPDATE_TOKEN, principal, token.identity, tokenId=str(token.id))
    return token


def revoke_token(principal: Principal, *, token_id: str) -> AccessToken:
    """Make a token worthless from this moment on."""
    token = get_token(principal, token_id=token_id, permission=Permission.IDENTITIES_EDIT)
    auth_methods.require_not_stronger(principal, token.identity, "Failed to revoke token of identity.")
    token.is_revoked = True
    with transaction.atomic():
        token.save(update_fields=["is_revoked", "updated_at"])
        record(Event.REVOKE_ACCESS_TOKEN, principal, token.identity, identityAccessTokenId=str(token.id))
    return token
