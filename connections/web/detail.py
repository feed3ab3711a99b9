"""The page of one connection: how it is, what happened to it, and a look at it now."""

import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.reading import Position, about
from connections import health, reading
from connections.models import AppConnection
from connections.states import Status
from connections.web import snippets
from connections.web.history import told
from organizations.access import Principal
from organizations.roles import Permission
from organizations.web.people import PersonRequest, signed_in
from wire.errors import RateLimited, Unavailable
from wire.pages import Tab

EVENTS_ON_A_PAGE = 50
LEVELS = {Status.HEALTHY: messages.SUCCESS, Status.EXPIRING: messages.WARNING}


class May(NamedTuple):
    """What a person may do with a connection: a button that they may not press is not there."""

    check: bool
    edit: bool
    replace: bool
    delete: bool
    read_activity: bool


@require_safe
@signed_in
def overview(request: PersonRequest, connection_id: uuid.UUID) -> HttpResponse:
    """GET /organization/app-connections/{id}: what it is and how it is."""
    connection = reading.look_at(request.principal, connection_id)
    reading.get(request.principal, connection.provider, connection_id=connection_id)
    return page(request, "overview", connection, snippets=snippets.of(connection))


@require_safe
@signed_in
def activity(request: PersonRequest, connection_id: uuid.UUID) -> HttpResponse:
    """GET …/activity: what the audit log tells of it, the newest first."""
    connection = reading.look_at(request.principal, connection_id, Permission.AUDIT_READ)
    before, after = (Position.parse(request.GET.get(name, "")) for name in ("before", "after"))
    found = about(connection.organization_id, connection.id, before=before, after=after, size=EVENTS_ON_A_PAGE)
    events = [told(connection, event) for event in found.events]
    return page(request, "activity", connection, page=found, events=events)


@require_POST
@signed_in
def check(request: PersonRequest, connection_id: uuid.UUID) -> HttpResponse:
    """POST …/check: ask the provider now, and say what came of it."""
    try:
        state = health.check_now(request.principal, connection_id=connection_id)
        words = "it works" if state.status == Status.HEALTHY else state.words.lower()
        messages.add_message(request, LEVELS.get(state.status, messages.ERROR), f"Checked: {words}.")
    except RateLimited as error:
        messages.warning(request, f"It could not be checked, so its state is as before. {error}")
    except Unavailable as error:  # its state may be another: a refresh was tried
        messages.warning(request, f"It could not be checked. {error}")
    return redirect("connections:detail", connection_id=connection_id)


def page(
    request: PersonRequest, name: str, connection: AppConnection, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Return one of the connection's pages, with what they share."""
    may = what_they_may(request.principal, connection)
    shown = {"connection": connection, "may": may, "tabs": list(_tabs(name, connection, may)), **more}
    return render(request, f"connections/detail_{name}.html", shown, status=status)


def what_they_may(principal: Principal, connection: AppConnection) -> May:
    held = principal.permissions(connection.project_id)
    return May(
        check=Permission.CONNECTIONS_CONNECT in held,
        edit=Permission.CONNECTIONS_EDIT in held,
        replace=held >= {Permission.CONNECTIONS_EDIT, Permission.CONNECTIONS_EDIT_CREDENTIALS},
        delete=Permission.CONNECTIONS_DELETE in held,
        read_activity=Permission.AUDIT_READ in held,
    )


def _tabs(name: str, connection: AppConnection, may: May) -> Iterator[Tab]:
    places = (
        ("Overview", "detail", {"overview"}, True),
        ("Activity", "activity", {"activity"}, may.read_activity),
        ("Edit details", "edit", {"edit", "delete"}, may.edit),
        ("Replace credentials", "credentials", {"credentials"}, may.replace and not connection.has_grant),
    )
    for label, place, names, is_open in places:
        if is_open:
            yield Tab(label, reverse(f"connections:{place}", args=[connection.id]), name in names)
