"""A client that the server itself makes for us: begun here, posted there by a person, fetched by a code.

What comes back is consumed and asked about exactly as an attempt to connect is. From the moment that a person comes
back there is a client at the server, whatever fails here: every failure then says so.
"""

import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

import structlog
from django.conf import settings
from django.db import Error
from django.utils import timezone

from connections import instances, keys, servers
from connections.errors import InstanceRefused
from connections.instance_rules import LONGEST_CLIENT_ID, LONGEST_SECRET, address
from connections.models import Instance
from connections.providers.base import Provider
from connections.providers.clients import ClientKind, Made, Maker, Order, Server
from connections.providers.errors import Busy, ProviderError, RateLimited, Refused
from connections.reading import to_wait
from oauth.attempts import limit, person_of
from oauth.errors import CodeRefused, MadeButLost, MadeUnusable, NotFetched, NotReplaced
from oauth.handshake import code_of
from oauth.models import OAuthAttempt, Purpose, digest
from organizations.access import Principal, require_organization
from organizations.roles import Permission
from wire.database import release
from wire.errors import WireError

LONGEST_DETAIL = 255

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A client to be made at an address. `owner` is an organization there; empty for the person's own account.

    `replaces` says that the one that is there now may go.
    """

    url: str
    name: str
    owner: str = ""
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """What a person's browser posts to the server: where to, and the fields of the form."""

    instance: Instance
    address: str
    fields: Mapping[str, str]


def maker_of(kind: ClientKind) -> Maker:
    """Return how a server makes clients of this kind; raises ValueError where none does."""
    if kind.maker is None:
        raise ValueError(f"no server makes a {kind.title} by itself")
    return kind.maker


def made_uri(provider: Provider) -> str:
    """Return where the server sends people back to who had a client made."""
    return f"{settings.SITE_URL}/organization/app-connections/{provider.app}/clients/made"


def begin(principal: Principal, session_key: str, provider: Provider, kind: ClientKind, wanted: Wanted) -> Posting:
    """Note an attempt, and return what to post. An address that is not registered yet is registered first.

    Raises RateLimited, InstanceRefused, InstanceTaken, InstanceInUse, NotReplaced, PermissionDenied.
    """
    require_organization(principal, Permission.INSTANCES_EDIT)
    limit(principal)
    maker = maker_of(kind)
    if wanted.owner and not re.search(maker.owner_pattern, wanted.owner):
        raise InstanceRefused(f"owner: {maker.owner_rule}")
    instance = _instance(principal, provider, wanted.url)
    present = instance.client(kind.name)
    replaces = present.client_id if present else ""
    instances.require_makeable(provider, kind, instance, replaces=replaces)
    if present and not wanted.replaces:
        raise NotReplaced
    state = secrets.token_urlsafe(32)
    order = Order(
        name=wanted.name,
        owner=wanted.owner,
        state=state,
        site_url=settings.SITE_URL,
        made_uri=made_uri(provider),
        redirect_uris=[servers.redirect_uri(provider, instance), servers.redirect_uri(provider)],
    )
    where, fields = maker.form(servers.server_of(provider, instance), order)
    _note(principal, session_key, kind, instance, order=order, replaces=replaces)
    return Posting(instance, where, fields)


def _instance(principal: Principal, provider: Provider, url: str) -> Instance:
    """Return the instance at an address, registered now if it is not yet."""
    found = servers.registered(provider, address(url), principal.organization_id)
    return found or instances.register(principal, provider, url=url)


def _note(
    principal: Principal,
    session_key: str,
    kind: ClientKind,
    instance: Instance,
    *,
    order: Order,
    replaces: str,
) -> None:
    OAuthAttempt.objects.create(
        purpose=Purpose.MAKE,
        organization_id=principal.organization_id,
        user_id=person_of(principal),
        session_digest=digest(session_key),
        state_digest=digest(order.state),
        data_key=keys.current_key(principal.organization_id),
        app=instance.app,
        method=kind.name,
        given={"instanceId": str(instance.id), "owner": order.owner, "replaces": replaces},
        instance_url=instance.url,
        redirect_uri=order.redirect_uris[0],
        name=order.name,
        expires_at=timezone.now() + maker_of(kind).lifetime,
    )


def complete(
    principal: Principal, provider: Provider, kind: ClientKind, attempt: OAuthAttempt, answer: Mapping[str, str]
) -> tuple[Instance, Made]:
    """Fetch the client that the server made, and store it. `answer` is the query that the person came back with.

    Raises ConsentDenied, ServerComplained, CodeMissing, CodeRefused, NotFetched, MadeUnusable, MadeButLost,
    InstanceNotFound, InstanceRefused, InstanceInUse, PermissionDenied and the 429s.
    """
    require_organization(principal, Permission.INSTANCES_EDIT)
    code = code_of(provider, answer)
    instance = instances.get(principal, provider, instance_id=uuid.UUID(attempt.given["instanceId"]))
    replaces = str(attempt.given["replaces"])
    instances.require_makeable(provider, kind, instance, replaces=replaces)
    server = servers.server_of(provider, instance)
    release()
    made = _on_its_server(server, _fetched(provider, maker_of(kind), server, code, attempt.redirect_uri))
    _require_usable(kind, made)
    try:
        stored = instances.keep_made(
            principal, provider, kind, instance_id=instance.id, made=made, replaces=replaces
        )
    except Exception as error:  # whatever it is: nobody else will ever be given these secrets
        log.exception("a client was made and could not be stored", instance_id=str(instance.id), page=made.page)
        raise MadeButLost(_why_lost(error), made.page) from None
    return stored, made


def _why_lost(error: Exception) -> str:
    if isinstance(error, WireError):
        return str(error.message)
    return "The database did not take it." if isinstance(error, Error) else "Something went wrong here."


def _fetched(provider: Provider, maker: Maker, server: Server, code: str, redirect_uri: str) -> Made:
    try:
        return maker.convert(server, code, redirect_uri)
    except (RateLimited, Busy) as error:
        raise to_wait(provider, "fetching what it created", error) from None
    except Refused as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise CodeRefused from None
        raise NotFetched(error.message) from None
    except ProviderError as error:
        raise NotFetched(error.message) from None


def _on_its_server(server: Server, made: Made) -> Made:
    """Return the same without a page that is elsewhere: what a server names is not to lead people away from it."""
    try:
        is_there = servers.origin_of(made.page) == servers.origin_of(server.url)
    except ValueError:
        is_there = False
    return made if is_there else replace(made, page="")


def _require_usable(kind: ClientKind, made: Made) -> None:
    """Raise MadeUnusable for a client that cannot be stored or that nothing can be done with."""
    client = made.client
    texts = [
        (client.id, LONGEST_CLIENT_ID),
        *((secret, LONGEST_SECRET) for secret in client.secrets),
        *((told, LONGEST_DETAIL) for told in (made.name, *client.details.values())),
    ]
    is_whole = client.id and client.secrets and all(client.secrets)
    if not is_whole or any(len(text) > longest for text, longest in texts):
        raise MadeUnusable("Its id, a secret or a detail is missing, or longer than any is.", made.page)
    if kind.variables.private_key:
        try:
            for key in client.private_keys or [""]:
                kind.variables.read_private_key(key)
        except ValueError:
            raise MadeUnusable("The private key that came with it cannot be read.", made.page) from None
