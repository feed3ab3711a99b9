"""From what was given to credentials that work: the network's part of creating and replacing."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import InterfaceError, OperationalError

from audit.actors import Actor
from connections import revocation
from connections.errors import CredentialsRefused, ExchangeFailed, ScopesLacking
from connections.models import AppConnection
from connections.providers.base import Credentials, Grant, Method, OAuth, Provider, Server, Verified
from connections.providers.errors import Busy, NotSent, ProviderError, RateLimited, Refused
from connections.reading import to_wait
from connections.servers import configured_url, no_client, server_for, server_with_client
from wire.database import release


def obtain(
    provider: Provider,
    method: Method,
    given: Credentials,
    *,
    connection: AppConnection,
    actor: Actor,
    scopes: Collection[str] = (),
) -> Verified:
    """Turn what was given into credentials that work, with no database connection held while GitLab is asked.

    `connection` is the one that they are for, stored or not.

    A code is exchanged first; what it was exchanged for is given back when it does not verify or lacks `scopes`.
    Raises CredentialsRefused, ExchangeFailed, ScopesLacking, NoClientThere, ClientNotConfigured and the 429s.
    """
    if method.oauth is None:
        return _verify(provider, method, server_for(provider, given, connection.organization_id), given)
    server = server_with_client(provider, given, connection.organization_id, default_url=configured_url(provider))
    if server.client is None:
        raise no_client(provider, server.url)
    release()
    grant = _exchange(provider, method.oauth, server, given)
    with given_back_on_failure(connection, grant.credentials, actor):
        verified = _verify(provider, method, server, grant.credentials)
        if missing := sorted(set(scopes) - set(verified.facts.scopes)):
            raise ScopesLacking(provider.display_name, missing)
    return replace(verified, token_expires_at=grant.expires_at)


@contextmanager
def given_back_on_failure(
    connection: AppConnection, credentials: Credentials | None, actor: Actor
) -> Iterator[None]:
    """Revoke a grant that will not be stored: nobody else will.

    When the database goes away it may have stored it all the same, so then the grant is left alone.
    """
    try:
        yield
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        if credentials:
            revocation.revoke(connection, credentials, actor=actor)
        raise


# What to do about an answer of RFC 6749, section 5.2, to somebody who connects.
CURES = {
    "invalid_client": "Check the client id and the client secret of the OAuth application.",
    "invalid_grant": (
        "The code counts once and for ten minutes, and only with the redirect URI that it was asked for with: "
        "check SITE_URL, and connect again."
    ),
    "unauthorized_client": "The OAuth application must be confidential and allow the authorization code flow.",
}


def _exchange(provider: Provider, oauth: OAuth, server: Server, given: Credentials) -> Grant:
    try:
        return oauth.exchange(server, given)
    except (RateLimited, Busy) as error:
        raise to_wait(provider, "exchanging the OAuth code", error) from None
    except ProviderError as error:
        cure = CURES.get(error.code or "", "") if isinstance(error, Refused) else ""
        raise ExchangeFailed(f"{error.message} {cure}".rstrip()) from None


def _verify(provider: Provider, method: Method, server: Server, credentials: Credentials) -> Verified:
    release()
    try:
        return method.verify(server, credentials)
    except (RateLimited, Busy) as error:
        raise to_wait(provider, "validating credentials", error) from None
    except ProviderError as error:
        raise CredentialsRefused(error.message, is_refusal=isinstance(error, Refused | NotSent)) from None
