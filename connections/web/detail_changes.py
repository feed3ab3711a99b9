"""Changing a connection from its page: details, credentials, and its end."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from connections import reading, services
from connections.errors import CredentialsRefused, NameTaken
from connections.models import AppConnection
from connections.web.detail import page
from connections.web.detail_forms import DeletionForm, DetailsForm
from connections.web.forms import CredentialsForm
from connections.web.url_choice import known_urls
from organizations.roles import Permission
from organizations.web.people import PersonRequest, signed_in
from wire.errors import BadRequest, RateLimited

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@signed_in
def edit(request: PersonRequest, connection_id: uuid.UUID) -> HttpResponse:
    """GET and POST …/edit: name and description."""
    connection = reading.look_at(request.principal, connection_id, Permission.CONNECTIONS_EDIT)
    initial = {"name": connection.name, "description": connection.description}
    form = DetailsForm(_sent(request), initial=initial)
    if form.is_valid() and _renamed(request, connection, form):
        messages.success(request, "The details are saved.")
        return redirect("connections:detail", connection_id=connection_id)
    return _form(request, "edit", connection, form)


def _renamed(request: PersonRequest, connection: AppConnection, form: DetailsForm) -> bool:
    try:
        services.update(
            request.principal,
            connection.provider,
            connection_id=connection.id,
            changes=form.changes(),
            credentials=None,
        )
    except NameTaken as error:
        form.add_error("name", str(error))
    return not form.errors


@form_page
@signed_in
def credentials(request: PersonRequest, connection_id: uuid.UUID) -> HttpResponse:
    """GET and POST …/credentials: others in the place of those that it has. What has a grant is reconnected."""
    needed = (Permission.CONNECTIONS_EDIT, Permission.CONNECTIONS_EDIT_CREDENTIALS)
    connection = reading.look_at(request.principal, connection_id, *needed)
    if connection.has_grant:
        return redirect(f"{reverse('oauth:new', args=[connection.app])}?connection={connection_id}")
    form = CredentialsForm(
        _sent(request),
        initial={connection.provider.server_field.name: connection.instance_url, **connection.public},
        provider=connection.provider,
        method=connection.way,
        urls=known_urls(request.principal, connection.provider),
    )
    if form.is_valid() and _replaced(request, connection, form):
        messages.success(request, "The credentials are replaced, and they work.")
        return redirect("connections:detail", connection_id=connection_id)
    return _form(request, "credentials", connection, form)


def _replaced(request: PersonRequest, connection: AppConnection, form: CredentialsForm) -> bool:
    try:
        services.update(
            request.principal,
            connection.provider,
            connection_id=connection.id,
            changes={},
            credentials={connection.method: form.credentials},
        )
    except CredentialsRefused as error:
        form.refuse(error)
    except (BadRequest, RateLimited) as error:
        form.add_error(None, str(error))
    return not form.errors


@form_page
@signed_in
def delete(request: PersonRequest, connection_id: uuid.UUID) -> HttpResponse:
    """GET and POST …/delete: the connection's end, once its name is typed."""
    connection = reading.look_at(request.principal, connection_id, Permission.CONNECTIONS_DELETE)
    form = DeletionForm(_sent(request), expected=connection.name)
    if form.is_valid():
        services.delete(request.principal, connection.provider, connection_id=connection_id)
        messages.success(request, f"{connection.name} is deleted.")
        return redirect("connections:home")
    return _form(request, "delete", connection, form)


def _sent(request: PersonRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form(request: PersonRequest, name: str, connection: AppConnection, form: forms.Form) -> HttpResponse:
    return page(request, name, connection, status=422 if form.is_bound else 200, form=form)
