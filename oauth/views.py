"""Connect through a browser: the form, the way there, and the way back."""

import uuid
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_POST

from connections import servers, services
from connections.configured import is_same
from connections.errors import NameTaken
from connections.models import AppConnection
from connections.providers import PROVIDERS
from connections.providers.base import Method, OAuth, Provider
from connections.providers.clients import ClientKind
from connections.rows import ConnectionView
from connections.states import Status
from connections.web.arrival import announce, page_after, safe_return
from connections.web.new_forms import places_for_new
from oauth import attempts, handshake
from oauth.errors import NotAMember, WrongWayBack
from oauth.forms import ConnectForm, ReconnectForm
from oauth.models import OAuthAttempt
from oauth.outcomes import failed, nothing_configured, pending
from organizations.access import Principal
from organizations.models import User
from organizations.roles import Permission
from organizations.web.people import PersonRequest, as_person, principal_in, signed_in
from wire.errors import BadRequest, WireError
from wire.pages import allow_form_to

Form = ConnectForm | ReconnectForm


def provider_of(app: str) -> Provider:
    """Return the provider of an app that can be connected through a browser; raises Http404."""
    provider = PROVIDERS.get(app)
    if provider is None or not provider.browser_methods:
        raise Http404
    return provider


def method_of(provider: Provider, name: str) -> Method:
    """Return a method that goes through a browser: the one named, or the first; raises Http404."""
    methods = provider.browser_methods
    method = methods.get(name) if name else next(iter(methods.values()))
    if method is None:
        raise Http404
    return method


@require_GET
@signed_in
def new(request: PersonRequest, app: str) -> HttpResponse:
    """Show the form: an empty one, one for reconnecting (`?connection=`), or one filled in before (`?attempt=`).

    `?method=` says by which method, `?instanceUrl=` where and `?use=` what for; a connection that is there has its
    own.
    """
    provider = provider_of(app)
    attempt = _earlier(request, provider)
    return_to = attempt.return_to if attempt else safe_return(request, request.GET.get("next", ""))
    connection_id = attempt.reconnects if attempt else _uuid(request.GET.get("connection", ""))
    if connection_id:
        connection = _reconnectable(request, provider, connection_id)
        method = connection.way
        is_there = connection.status != Status.RECONNECT_REQUIRED
        use = attempts.smallest_use(_oauth(method), connection.scopes, is_there=is_there)
        initial = {"connectionId": connection_id, "use": use.name, "returnTo": return_to}
        return _form_page(request, provider, ReconnectForm(method=method, initial=initial), connection)
    method = method_of(provider, attempt.method if attempt else request.GET.get("method", ""))
    filled = _filled_in(attempt) if attempt else _asked_for(request, method)
    form = _connect_form(request, provider, method, initial={**filled, "returnTo": return_to})
    return _form_page(request, provider, form)


def _oauth(method: Method) -> OAuth:
    if method.oauth is None:
        raise Http404
    return method.oauth


def _asked_for(request: PersonRequest, method: Method) -> dict[str, Any]:
    wanted = request.GET.get("use", "")
    use = {"use": wanted} if any(wanted == use.name for use in _oauth(method).uses) else {}
    place = {"projectId": request.GET.get("project", ""), "instanceUrl": request.GET.get("instanceUrl", "")}
    return {**place, **use}


def _filled_in(attempt: OAuthAttempt) -> dict[str, Any]:
    return {
        "name": attempt.name,
        "description": attempt.description,
        "projectId": str(attempt.project_id or ""),
        "instanceUrl": attempt.instance_url,
        "use": attempt.use,
    }


@require_POST
@signed_in
def start(request: PersonRequest, app: str) -> HttpResponse:
    """Note an attempt and send the person to the server; a form with a fault is shown again as it was filled in."""
    provider = provider_of(app)
    connection: AppConnection | None = None
    form: Form
    if "connectionId" in request.POST:
        connection = _reconnectable(request, provider, _uuid(request.POST["connectionId"]))
        method = connection.way
        form = ReconnectForm(request.POST, method=method)
    else:
        method = method_of(provider, request.POST.get("method", ""))
        form = _connect_form(request, provider, method, request.POST)
    if not form.is_valid():
        return _form_page(request, provider, form, connection, status=422)
    wish = replace(form.wish(), return_to=safe_return(request, form.cleaned_data["returnTo"]))
    try:
        return HttpResponseRedirect(attempts.begin(request.principal, _session(request), provider, method, wish))
    except NameTaken as error:
        form.add_error("name", str(error))
    except BadRequest as error:
        form.add_error(None, str(error))
    return _form_page(request, provider, form, connection, status=422)


@require_GET
def callback(request: HttpRequest, app: str, instance_id: uuid.UUID | None = None) -> HttpResponse:
    """Take the person back from the server. The attempt is consumed before anything else.

    `instance_id` is that of a registered instance, whose redirect URI ends with it.
    """
    provider = provider_of(app)
    attempt: OAuthAttempt | None = None
    try:
        attempt = attempts.find(provider, request.GET.get("state", ""))
        attempts.consume(attempt)
        answer = _complete(request, attempt, servers.way_back(provider, instance_id))
    except WireError as error:
        if request.user.is_authenticated:
            as_person(request)  # the page shows who is signed in
        is_theirs = attempt is not None and attempt.user_id == request.user.pk
        waiting = handshake.pending_elsewhere(provider, request.GET.dict())
        if waiting:
            answer = pending(request, provider, None, waiting)
        else:
            answer = failed(request, provider, error, attempt if is_theirs else None)
    add_never_cache_headers(answer)
    return answer


def _complete(request: HttpRequest, attempt: OAuthAttempt, way_back: str) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    attempts.require_own(attempt, user, request.session.session_key)
    if attempt.redirect_uri != way_back:
        raise WrongWayBack
    waiting = handshake.pending(attempt, request.GET.dict())
    if waiting:
        as_person(request)
        attempts.await_others(attempt)
        return pending(request, provider_of(attempt.app), attempt, waiting)
    principal, answer = principal_now(request, attempt), request.GET.dict()
    if brought := handshake.brought_without_code(attempt, answer):
        return HttpResponseRedirect(attempts.go_on(principal, _session(request), attempt, brought))
    view = handshake.complete(principal, attempt, answer)
    if view is None:
        decision = "confirm" if attempt.reconnects else "choose"
        return redirect(f"oauth:{decision}", app=attempt.app, attempt_id=attempt.id)
    return connected(request, attempt, view)


def principal_now(request: HttpRequest, attempt: OAuthAttempt) -> Principal:
    """Return what the person is by now where the attempt is to connect; raises NotAMember."""
    principal = principal_in(request, attempt.organization_id)
    if principal is None:
        raise NotAMember
    return principal


def connected(request: HttpRequest, attempt: OAuthAttempt, view: ConnectionView) -> HttpResponse:
    if attempt.reconnects:
        announce(request, view, "works again")
        return redirect(attempt.return_to)
    announce(request, view, "is connected")
    return redirect(page_after(view, attempt.return_to))


def _connect_form(
    request: PersonRequest, provider: Provider, method: Method, *data: Any, **more: Any
) -> ConnectForm:
    places = places_for_new(request.principal)
    urls = list(_redirect_uris(request, provider, _kind(provider, method)))
    return ConnectForm(*data, provider=provider, urls=urls, places=places, method=method, **more)


def _kind(provider: Provider, method: Method) -> ClientKind:
    return provider.clients[_oauth(method).client]


def _redirect_uris(
    request: PersonRequest, provider: Provider, kind: ClientKind, connection: AppConnection | None = None
) -> dict[str, str]:
    """Return the redirect URI for each server to connect to: the registered ones for those only who may know them.

    That of a connection which is theirs to reconnect they know already.
    """
    known = servers.redirect_uris(provider, kind, request.principal.organization_id)
    if Permission.INSTANCES_READ in request.principal.permissions(None):
        return known
    own_url = connection.instance_url if connection else ""
    return {
        url: redirect_uri
        for url, redirect_uri in known.items()
        if servers.configured_client(provider, kind, url) or is_same(url, own_url)
    }


def _reconnectable(request: PersonRequest, provider: Provider, connection_id: uuid.UUID | None) -> AppConnection:
    """Return the connection that the person may reconnect; raises Http404 and what the service refuses."""
    if connection_id is None:
        raise Http404
    services.require_reconnectable(request.principal, provider, connection_id)
    return get_object_or_404(AppConnection, pk=connection_id)


def _form_page(
    request: PersonRequest,
    provider: Provider,
    form: Form,
    connection: AppConnection | None = None,
    status: int = 200,
) -> HttpResponse:
    method = form.method
    kind = _kind(provider, method)
    redirect_uris = _redirect_uris(request, provider, kind, connection)
    if not redirect_uris:
        return nothing_configured(request, provider, method)
    shown = {
        "form": form,
        "provider": provider,
        "action": reverse("oauth:start", kwargs={"app": provider.app}),
        "redirect_uris": _of_its_own(redirect_uris, connection) or redirect_uris,
        "method": method,
        "journey": _oauth(method).journey,
        "uses": _oauth(method).uses,
        "permissions": kind.maker.permissions if kind.maker else {},
        "connection": connection,
        "return_to": safe_return(request, str(form["returnTo"].value() or "")),
    }
    response = render(request, "oauth/new.html", shown, status=status)
    allow_form_to(response, *{servers.origin_of(url) for url in redirect_uris})
    return response


def _of_its_own(redirect_uris: dict[str, str], connection: AppConnection | None) -> dict[str, str]:
    """Return the redirect URI of the server that a connection is to; nothing where there is no connection yet."""
    url = connection.instance_url if connection else ""
    return {known: redirect_uri for known, redirect_uri in redirect_uris.items() if is_same(known, url)}


def _earlier(request: PersonRequest, provider: Provider) -> OAuthAttempt | None:
    attempt_id = _uuid(request.GET.get("attempt", ""))
    return attempts.of_person(attempt_id, request.user, provider) if attempt_id else None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _session(request: HttpRequest) -> str:
    return request.session.session_key or ""
