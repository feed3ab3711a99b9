"""Universal Auth of an identity: attached, read, changed, taken away; its lockouts ended."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from audit.events import Event
from identities.models import Identity, UniversalAuth
from identities.services import auth_methods, lockout
from identities.services.identities import record, stop_logins
from organizations.access import Principal
from organizations.roles import Permission
from wire.errors import BadRequest, NotFound, WireError
from wire.unique import unless_taken


def find(principal: Principal, permission: Permission, *, identity_id: str) -> UniversalAuth:
    """Return the Universal Auth of an identity; raises NotFound for an identity without one."""
    missing = NotFound(f"Failed to find universal auth for identity with ID {identity_id}")
    return of(auth_methods.find_identity(principal, permission, identity_id), missing)


def of(identity: Identity, missing: WireError) -> UniversalAuth:
    """Return the identity's Universal Auth, or raise `missing`."""
    if not hasattr(identity, "universal_auth"):
        raise missing
    auth: UniversalAuth = identity.universal_auth
    return auth


def attach(principal: Principal, *, identity_id: str, settings: Mapping[str, Any]) -> UniversalAuth:
    """Let an identity log in with client id and client secret; raises BadRequest when it already can."""
    identity = auth_methods.find_identity(principal, Permission.IDENTITIES_EDIT, identity_id)
    auth_methods.require_not_stronger(principal, identity, "Failed to add universal auth to identity.")
    auth = UniversalAuth(identity=identity, **auth_methods.stored(settings))
    taken = BadRequest("Failed to add universal auth to already configured identity")
    with unless_taken(taken), transaction.atomic():
        auth.save(force_insert=True)
        record(Event.ADD_IDENTITY_UNIVERSAL_AUTH, principal, identity, identityUniversalAuthId=str(auth.id))
    return auth


def get(principal: Principal, *, identity_id: str) -> UniversalAuth:
    return find(principal, Permission.IDENTITIES_READ, identity_id=identity_id)


def update(principal: Principal, *, identity_id: str, changes: Mapping[str, Any]) -> UniversalAuth:
    """Change the settings; what is absent stays. Tokens issued before keep their times."""
    auth = find(principal, Permission.IDENTITIES_EDIT, identity_id=identity_id)
    auth_methods.require_not_stronger(principal, auth.identity, "Failed to update universal auth of identity.")
    with transaction.atomic():
        auth_methods.change(auth, changes)
        record(Event.UPDATE_IDENTITY_UNIVERSAL_AUTH, principal, auth.identity, changed=sorted(changes))
    return auth


def remove(principal: Principal, *, identity_id: str) -> UniversalAuth:
    """Take the login away, with its client secrets and tokens; returns what it was."""
    identity = auth_methods.find_identity(principal, Permission.IDENTITIES_EDIT, identity_id)
    auth = of(identity, BadRequest("The identity does not have universal auth"))
    auth_methods.require_not_stronger(principal, identity, "Failed to revoke universal auth of identity.")
    removed_id = auth.id
    with transaction.atomic():
        stop_logins(identity)
        record(Event.DELETE_IDENTITY_UNIVERSAL_AUTH, principal, identity)
        auth.delete()
    auth.id = removed_id
    return auth


def clear_lockouts(principal: Principal, *, identity_id: str) -> int:
    """End the lockout of an identity, and forget its failed logins; returns how many there were: 0 or 1."""
    auth = find(principal, Permission.IDENTITIES_EDIT, identity_id=identity_id)
    with transaction.atomic():
        deleted = lockout.clear(auth.client_id)
        record(Event.CLEAR_IDENTITY_UNIVERSAL_AUTH_LOCKOUTS, principal, auth.identity)
    return deleted
