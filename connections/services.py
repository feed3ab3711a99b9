"""Changing connections: the network first, then one transaction with the row and its audit event."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import log
from audit.events import Event
from connections import keys, rows
from connections.errors import ConnectionNotFound, CredentialsRefused, NameTaken, WrongMethod
from connections.models import AppConnection, DataKey
from connections.providers import PROVIDERS
from connections.providers.base import Credentials, Method, Provider, Verified
from connections.providers.errors import Busy, ProviderError, RateLimited
from connections.reading import let_in, project_for_use, require_app, to_wait
from connections.rows import ConnectionView
from connections.servers import server_for
from organizations.access import Principal, denied
from organizations.models import Project
from organizations.roles import Permission
from organizations.services import project_not_found
from wire.database import release
from wire.errors import BadRequest
from wire.unique import unless_taken


def create(
    principal: Principal,
    provider: Provider,
    *,
    name: str,
    method: str,
    credentials: Credentials,
    description: str | None,
    project_id: str | None,
) -> ConnectionView:
    """Verify credentials and store them as a new connection.

    Raises BadRequest for an unknown project, a taken name and refused credentials; PermissionDenied.
    """
    project = project_for_use(principal, project_id)
    if Permission.CONNECTIONS_CREATE not in principal.permissions(project):
        raise denied(Permission.CONNECTIONS_CREATE, in_project=project is not None)
    if rows.by_name(principal.organization_id, project, name):
        raise NameTaken(name)
    verified = _verify(provider, provider.methods[method], credentials)
    connection = AppConnection(
        organization_id=principal.organization_id,
        project_id=project,
        app=provider.app,
        method=method,
        name=name,
        description=description,
    )
    key = keys.current_key(principal.organization_id)
    with unless_taken(NameTaken(name)), transaction.atomic():
        _lock_project(project)
        _put(connection, verified, key)
        connection.save(force_insert=True)
        _record(
            Event.CREATE_APP_CONNECTION,
            principal,
            connection,
            name=name,
            method=method,
            app=provider.app,
            isPlatformManagedCredentials=False,
        )
    return rows.view_of(connection)


def update(
    principal: Principal,
    provider: Provider,
    *,
    connection_id: uuid.UUID,
    changes: Mapping[str, Any],
    credentials: Mapping[str, Credentials] | None,
) -> ConnectionView:
    """Change `name` and `description`, and replace the credentials after verifying them.

    `credentials` holds what was given, read as each method that it could be of: the stored method decides.
    """
    needed = [Permission.CONNECTIONS_EDIT]
    if credentials is not None:
        needed.append(Permission.CONNECTIONS_EDIT_CREDENTIALS)
    view = let_in(principal, connection_id, *needed)
    require_app(view, provider, f"ID {connection_id}")
    verified = _verify_replacement(provider, view.method, credentials)
    key = keys.current_key(principal.organization_id)
    with unless_taken(NameTaken(str(changes.get("name")))), transaction.atomic():
        connection = _locked(connection_id)
        changed = _apply(connection, changes)
        if verified:
            _put(connection, verified, key)
        if changed or verified:
            connection.version += 1
            connection.save()
            _record_update(principal, connection, changed, credentials_updated=verified is not None)
    return rows.view_of(connection)


def delete(principal: Principal, provider: Provider, *, connection_id: uuid.UUID) -> ConnectionView:
    """Delete a connection; returns what it was."""
    view = let_in(principal, connection_id, Permission.CONNECTIONS_DELETE)
    require_app(view, provider, f"ID {connection_id}")
    with transaction.atomic():
        connection = _locked(connection_id)
        _record(Event.DELETE_APP_CONNECTION, principal, connection, name=connection.name)
        deleted = rows.view_of(connection)
        connection.delete()
    return deleted


def _verify_replacement(
    provider: Provider, method: str, credentials: Mapping[str, Credentials] | None
) -> Verified | None:
    if credentials is None:
        return None
    stored = provider.methods[method]
    if method not in credentials:
        raise WrongMethod(provider.display_name, stored.display_name)
    return _verify(provider, stored, credentials[method])


def _verify(provider: Provider, method: Method, credentials: Credentials) -> Verified:
    """Ask GitLab or GitHub about credentials, with no database connection held meanwhile."""
    release()
    try:
        return method.verify(server_for(provider, credentials), credentials)
    except (RateLimited, Busy) as error:
        raise to_wait(provider, "validating credentials", error) from None
    except ProviderError as error:
        raise CredentialsRefused(error.message) from None


def _put(connection: AppConnection, verified: Verified, key: DataKey) -> None:
    """Put verified credentials and what is known of them onto the row."""
    facts = verified.facts
    method = PROVIDERS[connection.app].methods[connection.method]
    connection.seal(dict(verified.credentials), key)
    connection.public = method.public(verified.credentials)
    connection.account = asdict(facts.account) if facts.account else None
    connection.scopes = list(facts.scopes)
    connection.expires_at = facts.expires_at
    connection.warnings = [asdict(warning) for warning in facts.warnings]
    connection.verified_at = timezone.now()


def _apply(connection: AppConnection, changes: Mapping[str, Any]) -> list[str]:
    """Set the fields that differ; returns their names."""
    changed = [name for name, value in changes.items() if getattr(connection, name) != value]
    for name in changed:
        setattr(connection, name, changes[name])
    return changed


def _locked(connection_id: uuid.UUID) -> AppConnection:
    """Return the row, locked until the transaction ends; it may have been deleted meanwhile."""
    rows = AppConnection.objects.select_for_update(of=("self",)).select_related("project")
    connection = rows.filter(pk=connection_id).first()
    if connection is None:
        raise ConnectionNotFound(str(connection_id))
    return connection


def _lock_project(project_id: uuid.UUID | None) -> None:
    """Hold the project until the transaction ends; it may have been deleted while GitLab was asked."""
    if project_id and not Project.objects.select_for_update().filter(pk=project_id).exists():
        raise BadRequest(str(project_not_found(project_id)))


def _record(event: Event, principal: Principal, connection: AppConnection, **metadata: Any) -> None:
    log.record(
        event,
        actor=principal.actor,
        organization_id=connection.organization_id,
        project_id=connection.project_id,
        connectionId=str(connection.id),
        **metadata,
    )


def _record_update(
    principal: Principal, connection: AppConnection, changed: list[str], *, credentials_updated: bool
) -> None:
    _record(
        Event.UPDATE_APP_CONNECTION,
        principal,
        connection,
        name=connection.name,
        description=connection.description,
        changed=changed,
        credentialsUpdated=credentials_updated,
        isPlatformManagedCredentials=False,
    )
