"""From what was given to credentials that work: the network's part of creating and replacing."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from django.db import InterfaceError, OperationalError

from audit.actors import Actor
from connections import revocation
from connections.configured import url_of
from connections.errors import AccessRefused, CredentialsRefused, ExchangeFailed, ScopesLacking
from connections.models import AppConnection
from connections.providers.base import Candidate, Credentials, Facts, Method, OAuth, Provider, Verified
from connections.providers.clients import ClientKind, Server
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
    instance_url: str = "",
    is_chosen: bool = False,
) -> Verified:
    """Turn what was given into credentials that work, with no database connection held while the server is asked.

    `connection` is the one that they are for, stored or not. What names no server is for that at `instance_url`, or
    else for that of the operator's client.

    A code is exchanged first; for what `is_chosen` among candidates a token is made. What came of that is given
    back when it does not verify or lacks `scopes`.
    Raises CredentialsRefused, ExchangeFailed, AccessRefused, ScopesLacking, NoClientThere, ClientNotConfigured and
    the 429s.
    """
    kind = provider.client_of(method)
    if method.oauth is None or kind is None:
        return _verify(provider, method, server_for(provider, given, connection.organization_id), given)
    server = _known_at(provider, method, kind, given, connection, instance_url=instance_url)
    with _refusals(provider, method.oauth):
        grant = (method.oauth.refresh if is_chosen else method.oauth.exchange)(server, given)
    with given_back_on_failure(connection, grant.credentials, actor):
        verified = _verify(provider, method, server, grant.credentials)
        if missing := missing_scopes(scopes, verified.facts):
            raise ScopesLacking(provider.display_name, missing)
    return replace(verified, token_expires_at=grant.expires_at)


def candidates(
    provider: Provider, method: Method, given: Credentials, *, connection: AppConnection, instance_url: str
) -> Sequence[Candidate]:
    """Exchange a code, and return what the person whose it is may connect to. Otherwise like `obtain`."""
    kind = provider.client_of(method)
    if method.oauth is None or method.oauth.candidates is None or kind is None:
        raise ValueError(f"{method.name} knows no candidates")
    server = _known_at(provider, method, kind, given, connection, instance_url=instance_url)
    with _refusals(provider, method.oauth):
        return method.oauth.candidates(server, given)


def _known_at(
    provider: Provider,
    method: Method,
    kind: ClientKind,
    given: Credentials,
    connection: AppConnection,
    *,
    instance_url: str,
) -> Server:
    """Return the server with our client there, and let go of the database."""
    default_url = instance_url or url_of(provider, kind)
    server = server_with_client(provider, method, given, connection.organization_id, default_url=default_url)
    if server.client is None:
        raise no_client(provider, kind, server.url)
    release()
    return server


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


@contextmanager
def _refusals(provider: Provider, oauth: OAuth) -> Iterator[None]:
    """Turn what a token endpoint refuses into what people are told."""
    try:
        yield
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
