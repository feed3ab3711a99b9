"""The end of a grant: what was granted to us is given back where nobody will use it any more."""

import structlog

from audit.actors import Actor
from audit.events import Event
from connections.errors import Unsealable
from connections.history import record
from connections.models import AppConnection
from connections.providers import PROVIDERS
from connections.providers.base import Credentials, OAuth
from connections.providers.errors import ProviderError
from connections.servers import server_with_client
from wire.database import release

log = structlog.get_logger(__name__)


def grant_of(connection: AppConnection) -> Credentials | None:
    """Return what `revoke` needs to end the connection's grant; None where there is no grant to end."""
    if oauth_of(connection) is None:
        return None
    try:
        return connection.open_credentials()
    except Unsealable:  # a connection whose key is lost can still be replaced and deleted
        log.exception("a grant cannot be revoked", connection_id=str(connection.id))
        return None


def revoke(connection: AppConnection, credentials: Credentials, *, actor: Actor) -> None:
    """End at the server what these credentials were granted, as well as it goes, and record how it went.

    They must not be in use any more; the connection may have been deleted.
    """
    oauth = oauth_of(connection)
    if oauth is None:
        return
    failure = ""
    try:
        server = server_with_client(connection.provider, connection.way, credentials, connection.organization_id)
        release()
        oauth.revoke(server, credentials)
    except ProviderError as error:
        failure = error.message
    except Unsealable:
        failure = "The OAuth client's secret does not open."
    record(
        Event.REVOKE_APP_CONNECTION_GRANT,
        connection,
        actor=actor,
        name=connection.name,
        revoked=not failure,
        **({"cause": failure} if failure else {}),
    )


def oauth_of(connection: AppConnection) -> OAuth | None:
    """Return the OAuth calls of the connection's method; None for a method that has none."""
    return PROVIDERS[connection.app].methods[connection.method].oauth
