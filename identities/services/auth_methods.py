"""What the ways to log in have in common."""

from collections.abc import Mapping
from typing import Any

from identities.addresses import described
from identities.models import AuthMethod, Identity
from identities.services import identities
from organizations.access import Principal
from organizations.roles import Permission
from wire.errors import BadRequest, NotFound

TRUSTED_IPS = {"access_token_trusted_ips", "client_secret_trusted_ips"}


def find_identity(principal: Principal, permission: Permission, identity_id: str) -> Identity:
    """Return an identity; its auth methods are loaded. Raises NotFound in this part of the contract's words."""
    missing = NotFound(f"Failed to find identity with ID {identity_id}")
    return identities.find(principal, permission, identity_id=identity_id, missing=missing)


def require_not_stronger(principal: Principal, identity: Identity, message: str) -> None:
    """Refuse to open a login to an identity whose organization role is stronger than the principal's."""
    identities.require_role(principal, identities.member_of(identity).role, message)


def stored(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as they are kept; raises BadRequest for a trusted IP that is none."""
    return {
        name: [described(text) for text in value] if name in TRUSTED_IPS else value
        for name, value in settings.items()
    }


def change(auth: AuthMethod, changes: Mapping[str, Any]) -> None:
    """Store changed settings; raises BadRequest when together with the others they make no sense."""
    for name, value in stored(changes).items():
        setattr(auth, name, value)
    if 0 < auth.access_token_max_ttl < auth.access_token_ttl:
        raise BadRequest("Access token TTL cannot be greater than max TTL")
    auth.save(update_fields=[*changes, "updated_at"])
