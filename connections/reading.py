"""Reading connections: who may see or use which. Nothing is decrypted but for a listing, which uses a token."""

import threading
import uuid
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import merge
from operator import attrgetter
from typing import Any

from django.conf import settings

from audit import log
from audit.events import Event
from audit.subjects import Subject
from connections import rows, tokens
from connections.errors import (
    ConnectionNameNotFound,
    ConnectionNotFound,
    ListingFailed,
    ProviderRateLimited,
    TooManyCalls,
    WrongApp,
)
from connections.models import AppConnection
from connections.providers.base import Listing, Provider
from connections.providers.errors import Busy, ProviderError, RateLimited, Refused
from connections.rows import ConnectionView
from connections.servers import server_for
from connections.tokens import Fresh
from organizations.access import Principal, denied, require
from organizations.roles import Permission
from organizations.services import project_not_found
from wire.database import release
from wire.errors import BadRequest, NotFound
from wire.ids import parse_uuid

MOST_IDS_IN_AN_EVENT = 100
# A server that keeps refreshes waiting must not take every thread.
WAITING = threading.BoundedSemaphore(max(1, settings.THREADS // 3))


def get(principal: Principal, provider: Provider, *, connection_id: uuid.UUID) -> ConnectionView:
    """Return a connection that the principal may read; raises NotFound, PermissionDenied, WrongApp."""
    found = let_in(principal, connection_id, Permission.CONNECTIONS_READ)
    require_app(found, provider, f"ID {connection_id}")
    _note(Event.GET_APP_CONNECTION, principal, _project_of(found), about=_subject(found), connectionId=found.id)
    return found


def look_at(principal: Principal, connection_id: uuid.UUID, *permissions: Permission) -> AppConnection:
    """Return a connection with all that may be shown of it, to somebody who may read it and holds `permissions`.

    Raises NotFound, PermissionDenied.
    """
    let_in(principal, connection_id, Permission.CONNECTIONS_READ, *permissions)
    found = AppConnection.objects.defer("sealed_credentials").select_related("project").filter(pk=connection_id)
    connection = found.first()
    if connection is None:
        raise ConnectionNotFound(str(connection_id))
    return connection


def get_by_name(principal: Principal, provider: Provider, *, name: str, project_id: str | None) -> ConnectionView:
    """The same by name: among one project's connections, or among the organization's own."""
    missing = ConnectionNameNotFound(name, in_project=project_id is not None)
    project = None if project_id is None else parse_uuid(project_id)
    if project_id is not None and project is None:
        raise missing
    _require(principal, Permission.CONNECTIONS_READ, project, missing)
    found = rows.by_name(principal.organization_id, project, name)
    if found is None:
        raise missing
    require_app(found, provider, f"name {name}")
    _note(Event.GET_APP_CONNECTION, principal, _project_of(found), about=_subject(found), connectionId=found.id)
    return found


def list_connections(
    principal: Principal, provider: Provider | None, *, project_id: str | None
) -> Iterator[ConnectionView]:
    """Yield a project's connections, or all of the organization's; of one app, or of all."""
    app = provider.app if provider else None
    if project_id is not None:
        project = parse_uuid(project_id)
        if project is None:
            raise project_not_found(project_id)
        _require(principal, Permission.CONNECTIONS_READ, project, project_not_found(project_id))
        found = rows.of_project(project, app)
    else:
        project = None
        _require(principal, Permission.CONNECTIONS_READ, None, project_not_found(""))
        found = rows.of_organization(principal.organization_id, app)
    only_app: dict[str, Any] = {"app": app} if app else {}
    listed = yield from _counted(found)
    _note(Event.GET_APP_CONNECTIONS, principal, project, **only_app, **listed)


def list_available(principal: Principal, provider: Provider, *, project_id: str | None) -> Iterator[ConnectionView]:
    """Yield what the principal may connect: the organization's own connections, and those of one project."""
    project = project_for_use(principal, project_id)
    places = [None, project] if project else [None]
    allowed = [place for place in places if Permission.CONNECTIONS_CONNECT in principal.permissions(place)]
    if not allowed:
        raise denied(Permission.CONNECTIONS_CONNECT, in_project=project is not None)
    found = (_own_connections(principal, place, provider.app) for place in allowed)
    listed = yield from _counted(merge(*found, key=attrgetter("name")))
    _note(Event.GET_AVAILABLE_APP_CONNECTIONS, principal, project, app=provider.app, **listed)


def _own_connections(principal: Principal, project_id: uuid.UUID | None, app: str) -> Iterator[ConnectionView]:
    if project_id is None:
        return rows.of_organization_itself(principal.organization_id, app)
    return rows.of_project(project_id, app)


def fetch_listing(
    principal: Principal,
    provider: Provider,
    listing: Listing,
    *,
    connection_id: uuid.UUID,
    query: Mapping[str, str],
) -> Sequence[Mapping[str, Any]]:
    """Return what the connection's account can list at GitLab or GitHub."""
    view = let_in(principal, connection_id, Permission.CONNECTIONS_CONNECT)
    require_app(view, provider, f"ID {connection_id}")
    ready = _fresh(connection_id)
    _note(
        Event.LIST_WITH_APP_CONNECTION,
        principal,
        ready.connection.project_id,
        about=_subject(view),
        connectionId=str(connection_id),
        listed=listing.name,
    )
    try:
        return _fetch(provider, listing, ready, query)
    except (RateLimited, Busy) as error:
        raise to_wait(provider, f"loading {listing.name}", error) from None
    except ProviderError as error:
        raise ListingFailed(provider.display_name, listing.name, error.message) from None


def _fresh(connection_id: uuid.UUID) -> Fresh:
    """Return credentials that work."""
    with may_wait(tokens.PATIENCE) as patience:
        return tokens.fresh(connection_id, patience=patience)


@contextmanager
def may_wait(seconds: float) -> Iterator[float]:
    """Yield for how long a request may wait for a token: few do at once, the others are told to come back."""
    is_free = WAITING.acquire(blocking=False)
    try:
        yield seconds if is_free else 0.0
    finally:
        if is_free:
            WAITING.release()


def _fetch(
    provider: Provider, listing: Listing, ready: Fresh, query: Mapping[str, str]
) -> Sequence[Mapping[str, Any]]:
    """Fetch a listing; once more, when somebody refreshed the token just before we used it, or it is made anew."""
    try:
        return _fetch_with(provider, listing, ready, query)
    except Refused as refusal:
        if refusal.status != 401:
            raise
        newer = tokens.in_place_of(ready, anew=ready.connection.makes_tokens)
        if newer is None:
            raise
    return _fetch_with(provider, listing, newer, query)


def _fetch_with(
    provider: Provider, listing: Listing, ready: Fresh, query: Mapping[str, str]
) -> Sequence[Mapping[str, Any]]:
    server = server_for(provider, ready.credentials, ready.connection.organization_id)
    release()
    return listing.fetch(server, ready.connection.method, ready.credentials, query)


def to_wait(provider: Provider, doing: str, error: RateLimited | Busy) -> ProviderRateLimited | TooManyCalls:
    """Return the 429 for a call that may be repeated soon: the server says so, or too many are under way."""
    if isinstance(error, Busy):
        return TooManyCalls(error.message)
    return ProviderRateLimited(provider.display_name, doing, error.retry_after, error.limit)


def let_in(principal: Principal, connection_id: uuid.UUID, *permissions: Permission) -> ConnectionView:
    """Return the connection if the principal holds every one of `permissions` where it lives."""
    missing = ConnectionNotFound(str(connection_id))
    view = rows.by_id(connection_id)
    if view is None:
        raise missing
    for permission in permissions:
        require(
            principal,
            permission,
            organization_id=uuid.UUID(view.organization_id),
            project_id=_project_of(view),
            missing=missing,
        )
    return view


def _project_of(view: ConnectionView) -> uuid.UUID | None:
    return uuid.UUID(view.project_id) if view.project_id else None


def _subject(view: ConnectionView) -> Subject:
    return Subject(uuid.UUID(view.id), view.name)


def _require(principal: Principal, permission: Permission, project_id: uuid.UUID | None, missing: NotFound) -> None:
    require(
        principal, permission, organization_id=principal.organization_id, project_id=project_id, missing=missing
    )


def require_app(view: ConnectionView, provider: Provider, reference: str) -> None:
    if view.app != provider.app:
        raise WrongApp(reference, provider.app)


def project_for_use(principal: Principal, project_id: str | None) -> uuid.UUID | None:
    """Return the id of the project named in a request, if the principal is a member of it; raises BadRequest.

    An empty id names no project: taking it for the organization would widen what an empty variable was to limit.
    """
    if project_id is None:
        return None
    project = parse_uuid(project_id)
    if project is None or project_id != str(project) or project not in principal.project_roles:
        raise BadRequest(str(project_not_found(project_id)))
    return project


def _counted(found: Iterator[ConnectionView]) -> Generator[ConnectionView, None, dict[str, Any]]:
    """Yield them all; returns what the event of a list tells of them."""
    count, ids = 0, []
    for view in found:
        if count < MOST_IDS_IN_AN_EVENT:
            ids.append(view.id)
        count += 1
        yield view
    return {"count": count, "connectionIds": ids}


def _note(
    event: Event,
    principal: Principal,
    project_id: uuid.UUID | None,
    *,
    about: Subject | None = None,
    **metadata: Any,
) -> None:
    log.note(
        event,
        actor=principal.actor,
        organization_id=principal.organization_id,
        project_id=project_id,
        about=about,
        **metadata,
    )
