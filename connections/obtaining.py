"""From what was given to credentials that work: the network's part of creating and replacing."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import InterfaceError, OperationalError

from audit.actors import Actor
from connections import revocation
from connections.configured import url_of
from connections.errors import AccessRefused, CredentialsRefused, ExchangeFailed, ScopesLacking
from connections.models import AppConnection
from connections.providers.base import Credentials, Facts, Grant, Method, OAuth, Provider, Verified
from connections.providers.clients import Server
from connections.providers.errors import Busy, NotSent, NotTheirs, ProviderError, RateLimited, Refused
from connections.reading import to_wait
from connections.servers import no_client, server_for, server_with_client
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
    Raises CredentialsRefused, ExchangeFailed, AccessRefused, ScopesLacking, NoClientThere, ClientNotConfigured and
    the 429s.
    """
    kind = provider.client_of(method)
    if method.oauth is None or kind is None:
        return _verify(provider, method, server_for(provider, given, connection.organization_id), given)
    server = server_with_client(
        provider, method, given, connection.organization_id, default_url=url_of(provider, kind)
    )
    if server.client is None:
        raise no_client(provider, kind, server.url)
    release()
    grant = _exchange(provider, method.oauth, server, given)
    with given_back_on_failure(connection, grant.credentials, actor):
        verified = _verify(provider, method, server, grant.credentials)
        if missing := missing_scopes(scopes, verified.facts):
            raise ScopesLacking(provider.display_name, missing)
    return replace(verified, token_expires_at=grant.expires_at)


def missing_scopes(wanted: Collection[str], facts: Facts) -> list[str]:
    """Return which of the scopes a grant lacks; none where it has permissions instead of scopes."""
    return sorted(set(wanted) - set(facts.scopes)) if facts.is_scoped else []


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


def _exchange(provider: Provider, oauth: OAuth, server: Server, given: Credentials) -> Grant:
    try:
        return oauth.exchange(server, given)
    except (RateLimited, Busy) as error:
        raise to_wait(provider, "exchanging the OAuth code", error) from None
    except NotTheirs as error:
        page = error.page
        raise AccessRefused(
            error.message, page_url=page.url if page else "", page_label=page.label if page else ""
        ) from None
    except ProviderError as error:
        raise ExchangeFailed(oauth.refusal(error)) from None


def _verify(provider: Provider, method: Method, server: Server, credentials: Credentials) -> Verified:
    release()
    try:
        return method.verify(server, credentials)
    except (RateLimited, Busy) as error:
        raise to_wait(provider, "validating credentials", error) from None
    except ProviderError as error:
        is_refusal = isinstance(error, Refused | NotSent)
        raise CredentialsRefused(method.refusal, error.message, is_refusal=is_refusal) from None
