"""How people read events: a few words for each, in groups."""

from collections.abc import Mapping

from audit.actors import ActorType
from audit.events import Event

E = Event

GROUPS: Mapping[str, Mapping[Event, str]] = {
    "Connections": {
        E.CREATE_APP_CONNECTION: "Created a connection",
        E.UPDATE_APP_CONNECTION: "Changed a connection",
        E.DELETE_APP_CONNECTION: "Deleted a connection",
        E.CHECK_APP_CONNECTION: "Checked a connection",
        E.CHANGE_APP_CONNECTION_STATUS: "Found a connection in another state",
        E.GET_APP_CONNECTION: "Viewed a connection",
        E.GET_APP_CONNECTIONS: "Listed connections",
        E.GET_AVAILABLE_APP_CONNECTIONS: "Listed connections to use",
        E.LIST_WITH_APP_CONNECTION: "Used a connection to list what it reaches",
        E.REFRESH_APP_CONNECTION_TOKEN: "Refreshed a connection's token",
        E.LOSE_APP_CONNECTION_GRANT: "Lost a connection's access",
        E.REVOKE_APP_CONNECTION_GRANT: "Gave a connection's access back",
    },
    "Instances": {
        E.CREATE_APP_CONNECTION_INSTANCE: "Registered an instance",
        E.UPDATE_APP_CONNECTION_INSTANCE: "Changed an instance",
        E.DELETE_APP_CONNECTION_INSTANCE: "Deleted an instance",
    },
    "Projects": {
        E.CREATE_PROJECT: "Created a project",
        E.UPDATE_PROJECT: "Changed a project",
        E.DELETE_PROJECT: "Deleted a project",
        E.ADD_PROJECT_IDENTITY: "Added a machine identity to a project",
        E.UPDATE_PROJECT_IDENTITY: "Changed a machine identity's roles in a project",
        E.REMOVE_PROJECT_IDENTITY: "Removed a machine identity from a project",
    },
    "Machine identities": {
        E.CREATE_IDENTITY: "Created a machine identity",
        E.UPDATE_IDENTITY: "Changed a machine identity",
        E.DELETE_IDENTITY: "Deleted a machine identity",
        E.ADD_IDENTITY_UNIVERSAL_AUTH: "Added universal auth to a machine identity",
        E.UPDATE_IDENTITY_UNIVERSAL_AUTH: "Changed a machine identity's universal auth",
        E.DELETE_IDENTITY_UNIVERSAL_AUTH: "Removed a machine identity's universal auth",
        E.CLEAR_IDENTITY_UNIVERSAL_AUTH_LOCKOUTS: "Ended a machine identity's lockout",
        E.CREATE_CLIENT_SECRET: "Created a client secret",
        E.REVOKE_CLIENT_SECRET: "Revoked a client secret",
        E.ADD_IDENTITY_TOKEN_AUTH: "Added token auth to a machine identity",
        E.UPDATE_IDENTITY_TOKEN_AUTH: "Changed a machine identity's token auth",
        E.DELETE_IDENTITY_TOKEN_AUTH: "Removed a machine identity's token auth",
        E.CREATE_TOKEN: "Created an access token",
        E.UPDATE_TOKEN: "Changed an access token",
    },
    "Logins": {
        E.LOGIN_UNIVERSAL_AUTH: "Logged in with universal auth",
        E.LOGIN_FAILED: "Failed to log in with universal auth",
        E.RENEW_ACCESS_TOKEN: "Renewed an access token",
        E.REVOKE_ACCESS_TOKEN: "Revoked an access token",
    },
    "Organization": {
        E.BOOTSTRAP_INSTANCE: "Set up this service",
        E.EXPORT_AUDIT_LOG: "Exported the audit log",
    },
}
WORDS: Mapping[str, str] = {event: words for group in GROUPS.values() for event, words in group.items()}
ACTORS: Mapping[str, str] = {
    ActorType.USER: "Person",
    ActorType.IDENTITY: "Machine identity",
    ActorType.SYSTEM: "System",
    ActorType.UNKNOWN: "Not logged in",
}


def words_of(event_type: str) -> str:
    """Return what an event says; for one that a newer or older release wrote, its name."""
    return WORDS.get(event_type) or event_type.replace("-", " ").capitalize()
