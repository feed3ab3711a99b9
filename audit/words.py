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
        E.CREATE_APP_CONNECTION_CLIENT: "Had a client created at an instance",
        E.UPDATE_APP_CONNECTION_CLIENT: "Renewed the keys of a client at an instance",
        E.DELETE_APP_CONNECTION_CLIENT: "Forgot a client at an instance",
    },
    "Projects": {
        E.CREATE_PROJECT: "Created a project",
        E.UPDATE_PROJECT: "Changed a project",
        E.DELETE_PROJECT: "Deleted a project",
        E.ADD_PROJECT_IDENTITY: "Added a machine identity to a project",
        E.UPDATE_PROJECT_IDENTITY: "Changed a machine identity's roles in a project",
        E.REMOVE_PROJECT_IDENTITY: "Removed a machine identity from a project",
        E.ADD_PROJECT_MEMBER: "Added a person to a project",
        E.UPDATE_PROJECT_MEMBER: "Changed a person's roles in a project",
        E.REMOVE_PROJECT_MEMBER: "Removed a person from a project",
        E.JOIN_PROJECT: "Joined a project as an admin of the organization",
        E.LEAVE_PROJECT: "Left a project",
    },
    "Members": {
        E.INVITE_MEMBER: "Invited somebody",
        E.RESEND_INVITATION: "Sent an invitation again",
        E.REVOKE_INVITATION: "Revoked an invitation",
        E.ACCEPT_INVITATION: "Accepted an invitation",
        E.UPDATE_MEMBER: "Changed a member's role",
        E.REMOVE_MEMBER: "Removed a member",
        E.LEAVE_ORGANIZATION: "Left the organization",
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
    "People signing in": {
        E.SIGN_IN_USER: "Signed in",
        E.SIGN_IN_USER_FAILED: "Failed to sign in",
        E.SIGN_OUT_USER: "Signed out",
        E.END_USER_SESSIONS: "Ended other sessions",
        E.CHANGE_USER_PASSWORD: "Changed their password",
        E.RESET_USER_PASSWORD: "Set a new password by e-mail",
        E.ADD_USER_SECOND_FACTOR: "Added a second factor",
        E.REMOVE_USER_SECOND_FACTOR: "Removed a second factor",
        E.ADD_USER_PASSKEY: "Added a passkey",
        E.REMOVE_USER_PASSKEY: "Removed a passkey",
        E.GENERATE_USER_RECOVERY_CODES: "Made new recovery codes",
        E.LINK_USER_SINGLE_SIGN_ON: "Linked single sign-on",
        E.RESET_USER_SIGN_IN: "Had second factors taken away by the operator",
    },
    "Organization": {
        E.BOOTSTRAP_INSTANCE: "Set up this service",
        E.CREATE_ORGANIZATION: "Created the organization",
        E.UPDATE_ORGANIZATION: "Changed the organization",
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
