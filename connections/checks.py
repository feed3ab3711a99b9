"""What must be right before the service starts (`manage.py check`, and every start by `make run`)."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from connections import configured, keys, servers, vault


@register()
def settings_are_usable(**kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """The root keys are keys, the network rule can be kept, and an OAuth client has all it needs."""
    found: list[CheckMessage] = []
    for check_id, read in (
        ("connections.E001", vault.root_keys),
        ("connections.E002", servers.operator_network),
        ("connections.E004", configured.check),
    ):
        try:
            read()
        except ValueError as error:
            found.append(Error(str(error), id=check_id))
    return found


@register(Tags.database)
def root_keys_open_what_is_stored(**kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Every data key in the database is wrapped by a root key of the settings."""
    try:
        unknown = keys.unknown_root_keys()
    except (DatabaseError, ValueError):  # not migrated yet, or E001 says it already
        return []
    return [
        Error(
            f"ENCRYPTION_KEY is not the key that sealed this database: {count} data key(s) are wrapped by the root "
            f"key with id {key_id}, which is neither in ENCRYPTION_KEY nor in ENCRYPTION_KEY_FALLBACKS.",
            hint="Restore the old key from your backup of .env; a lost key cannot be replaced.",
            id="connections.E003",
        )
        for key_id, count in unknown.items()
    ]
