"""Changing connections: the network first, then one transaction with the row and its audit event."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.events import Event
from connections import health, keys, revocation, rows
from connections.errors import (
    ConnectionNotFound,
    NameTaken,
    NotReconnectable,
    WrongMethod,
)
from connections.history import record
from connections.models import AppConnection, DataKey
from connections.obtaining import given_back_on_failure, obtain
from connections.providers import PROVIDERS
from connections.providers.base import Credentials, Provider, Verified
from connections.reading import let_in, project_for_use, require_app
from connections.rows import ConnectionView
from organizations.access import Principal, denied
from organizations.models import Project
from organizations.roles import Permission
from organizations.services import project_not_found
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
    scopes: Collection[str] = (),
    instance_url: str = "",
    is_chosen: bool = False,
) -> ConnectionView:
    """Verify credentials and store them as a new connection. Without `scopes` it is not stored.

    `instance_url` is where credentials that name no server are from, if that is known. `is_chosen` credentials are
    those of a candidate: never what a request says.

    Raises BadRequest for an unknown project, a taken name and refused credentials; PermissionDenied.
    """
    project = place_for_new(principal, project_id=project_id, name=name)
    connection = AppConnection(
        organization_id=principal.organization_id,
        project_id=project,
        app=provider.app,
        method=method,
        name=name,
        description=description,
    )
    verified = obtain(
        provider,
        provider.methods[method],
        credentials,
        connection=connection,
        actor=principal.actor,
        scopes=scopes,
        instance_url=instance_url,
        is_chosen=is_chosen,
    )
    with given_back_on_failure(connection, verified.credentials, principal.actor):
        _store_new(principal, connection, verified)
    return rows.view_of(connection)


def _store_new(principal: Principal, connection: AppConnection, verified: Verified) -> None:
    key = keys.current_key(principal.organization_id)
    with unless_taken(NameTaken(connection.name)), transaction.atomic():
        _lock_project(connection.project_id)
        _put(connection, verified, key)
        connection.save(force_insert=True)
        record(
            Event.CREATE_APP_CONNECTION,
            connection,
            actor=principal.actor,
            name=connection.name,
            method=connection.method,
            app=connection.app,
            isPlatformManagedCredentials=False,
        )


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
    old = named_by(view)
    verified = _replacement(principal, provider, old, credentials)
    with given_back_on_failure(old, verified.credentials if verified else None, principal.actor):
        connection, replaced = _store_changes(principal, connection_id, changes, verified)
    return _settled(principal, connection, replaced)


def replace_grant(
    principal: Principal, provider: Provider, *, connection: AppConnection, verified: Verified
) -> ConnectionView:
    """Put a new grant in the place of a connection's old one; id, name and dependents stay.

    A grant that cannot be stored is given back. Raises as `require_reconnectable`.
    """
    with given_back_on_failure(connection, verified.credentials, principal.actor):
        require_reconnectable(principal, provider, connection.id)
        stored, replaced = _store_changes(principal, connection.id, {}, verified)
    return _settled(principal, stored, replaced)


def require_reconnectable(principal: Principal, provider: Provider, connection_id: uuid.UUID) -> ConnectionView:
    """Return the connection if it has a grant that the principal may replace.

    Raises NotFound, PermissionDenied, NotReconnectable.
    """
    view = let_in(principal, connection_id, Permission.CONNECTIONS_EDIT, Permission.CONNECTIONS_EDIT_CREDENTIALS)
    require_app(view, provider, f"ID {connection_id}")
    method = provider.methods[view.method]
    if method.oauth is None:
        raise NotReconnectable(provider.display_name, method.display_name)
    return view


def named_by(view: ConnectionView) -> AppConnection:
    """Return a connection, not to be stored, that stands for another in what is recorded."""
    return AppConnection(
        id=uuid.UUID(view.id),
        organization_id=uuid.UUID(view.organization_id),
        project_id=uuid.UUID(view.project_id) if view.project_id else None,
        app=view.app,
        method=view.method,
        name=view.name,
    )


def _store_changes(
    principal: Principal, connection_id: uuid.UUID, changes: Mapping[str, Any], verified: Verified | None
) -> tuple[AppConnection, Credentials | None]:
    """Store changes and the audit event; returns the grant that was replaced, if there was one."""
    key = keys.current_key(principal.organization_id)
    replaced: Credentials | None = None
    with unless_taken(NameTaken(str(changes.get("name")))), transaction.atomic():
        connection = _locked(connection_id)
        changed = _apply(connection, changes)
        before = connection.account
        if verified:
            replaced = revocation.grant_of(connection)
            _put(connection, verified, key)
        if changed or verified:
            connection.version += 1
            connection.save()
            _record_update(principal, connection, changed, before, credentials_updated=verified is not None)
    return connection, replaced


def _settled(principal: Principal, connection: AppConnection, replaced: Credentials | None) -> ConnectionView:
    """Revoke the grant that is out of use now."""
    if replaced:
        revocation.revoke(connection, replaced, actor=principal.actor)
    return rows.view_of(connection)


def delete(principal: Principal, provider: Provider, *, connection_id: uuid.UUID) -> ConnectionView:
    """Delete a connection and revoke its grant; returns what it was."""
    view = let_in(principal, connection_id, Permission.CONNECTIONS_DELETE)
    require_app(view, provider, f"ID {connection_id}")
    with transaction.atomic():
        connection = _locked(connection_id)
        grant = revocation.grant_of(connection)
        record(Event.DELETE_APP_CONNECTION, connection, actor=principal.actor, name=connection.name)
        AppConnection.objects.filter(pk=connection_id).delete()
    if grant:
        revocation.revoke(connection, grant, actor=principal.actor)
    return rows.view_of(connection)


def place_for_new(principal: Principal, *, project_id: str | None, name: str) -> uuid.UUID | None:
    """Return the project that a new connection would belong to, None for the organization itself.

    Raises BadRequest for an unknown project and a taken name; PermissionDenied.
    """
    project = project_for_use(principal, project_id)
    if Permission.CONNECTIONS_CREATE not in principal.permissions(project):
        raise denied(Permission.CONNECTIONS_CREATE, in_project=project is not None)
    if rows.by_name(principal.organization_id, project, name):
        raise NameTaken(name)
    return project


def _replacement(
    principal: Principal,
    provider: Provider,
    connection: AppConnection,
    credentials: Mapping[str, Credentials] | None,
) -> Verified | None:
    if credentials is None:
        return None
    method = provider.methods[connection.method]
    if method.name not in credentials:
        raise WrongMethod(provider.display_name, method.display_name)
    return obtain(
        provider,
        method,
        credentials[method.name],
        connection=connection,
        actor=principal.actor,
    )


def _put(connection: AppConnection, verified: Verified, key: DataKey) -> None:
    """Put verified credentials and what is known of them onto the row."""
    facts = verified.facts
    method = PROVIDERS[connection.app].methods[connection.method]
    connection.seal(dict(verified.credentials), key)
    connection.public = method.public(verified.credentials)
    connection.account = asdict(facts.account) if facts.account else None
    connection.scopes = list(facts.scopes)
    connection.expires_at = facts.expires_at
    connection.details = [asdict(detail) for detail in facts.details]
    connection.warnings = [asdict(warning) for warning in facts.warnings]
    connection.verified_at = connection.checked_at = timezone.now()
    connection.check_due_at, connection.check_failures = health.next_after(0), 0
    connection.token_expires_at = verified.token_expires_at
    connection.settle()


def _apply(connection: AppConnection, changes: Mapping[str, Any]) -> list[str]:
    """Set the fields that differ; returns their names."""
    changed = [name for name, value in changes.items() if getattr(connection, name) != value]
    for name in changed:
        setattr(connection, name, changes[name])
    return changed


def _locked(connection_id: uuid.UUID) -> AppConnection:
    """Return the row, locked until the transaction ends; it may have been deleted meanwhile."""
    rows = AppConnection.objects.select_for_update(of=("self",)).select_related("project", "data_key")
    connection = rows.filter(pk=connection_id).first()
    if connection is None:
        raise ConnectionNotFound(str(connection_id))
    return connection


def _lock_project(project_id: uuid.UUID | None) -> None:
    """Hold the project until the transaction ends; it may have been deleted while the server was asked."""
    if project_id and not Project.objects.select_for_update().filter(pk=project_id).exists():
        raise BadRequest(str(project_not_found(project_id)))


def _record_update(
    principal: Principal,
    connection: AppConnection,
    changed: list[str],
    account_before: dict[str, Any] | None,
    *,
    credentials_updated: bool,
) -> None:
    is_other = connection.account != account_before
    accounts = {"account": connection.account, "accountBefore": account_before} if is_other else {}
    record(
        Event.UPDATE_APP_CONNECTION,
        connection,
        actor=principal.actor,
        name=connection.name,
        description=connection.description,
        changed=changed,
        credentialsUpdated=credentials_updated,
        isPlatformManagedCredentials=False,
        **accounts,
    )
