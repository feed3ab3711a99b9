"""Connect through GitLab: the form, the way there, the way back, and the decision about a grant that differs."""

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from connections import servers, services
from connections.errors import NameTaken
from connections.models import AppConnection
from connections.providers import PROVIDERS
from connections.providers.base import Provider
from connections.rows import ConnectionView
from oauth import attempts, handshake
from oauth.errors import NotAMember, SomebodyElse, StateExpired
from oauth.forms import ConnectForm, ReconnectForm, places
from oauth.models import OAuthAttempt
from oauth.outcomes import failed, nothing_configured, safe_return
from organizations.models import User
from organizations.web.people import PersonRequest, principal_in, signed_in
from wire.errors import BadRequest, PermissionDenied, WireError
from wire.pages import allow_form_to

Form = ConnectForm | ReconnectForm


def provider_of(app: str) -> Provider:
    """Return the provider of an app that can be connected through a browser; raises Http404."""
    provider = PROVIDERS.get(app)
    if provider is None or not provider.has_browser_method:
        raise Http404
    return provider


@require_GET
@signed_in
def new(request: PersonRequest, app: str) -> HttpResponse:
    """Show the form: an empty one, one for reconnecting (`?connection=`), or one filled in before (`?attempt=`)."""
    provider = provider_of(app)
    attempt = _earlier(request)
    return_to = safe_return(request, request.GET.get("next", ""))
    connection_id = attempt.reconnects if attempt else _uuid(request.GET.get("connection", ""))
    if connection_id:
        return _form_page(request, provider, _reconnect_form(request, provider, connection_id, return_to))
    initial: dict[str, Any] = {"returnTo": return_to}
    if attempt:
        initial = {
            "name": attempt.name,
            "description": attempt.description,
            "projectId": str(attempt.project_id or ""),
            "instanceUrl": attempt.instance_url,
            "use": attempt.use,
            "returnTo": attempt.return_to,
        }
    return _form_page(request, provider, _connect_form(request, provider, initial=initial))


@require_POST
@signed_in
def start(request: PersonRequest, app: str) -> HttpResponse:
    """Note an attempt and send the person to GitLab; a form with a fault is shown again as it was filled in."""
    provider = provider_of(app)
    form = _posted_form(request, provider)
    if not form.is_valid():
        return _form_page(request, provider, form, status=422)
    wish = replace(form.wish(), return_to=safe_return(request, form.cleaned_data["returnTo"]))
    try:
        return HttpResponseRedirect(attempts.begin(request.principal, _session(request), provider, wish))
    except NameTaken as error:
        form.add_error("name", str(error))
    except BadRequest as error:
        form.add_error(None, str(error))
    return _form_page(request, provider, form, status=422)


@require_GET
def callback(request: HttpRequest, app: str) -> HttpResponse:
    """Take the person back from GitLab. The attempt is consumed before anything else."""
    provider = provider_of(app)
    attempt: OAuthAttempt | None = None
    try:
        attempt = attempts.consume(provider, request.GET.get("state", ""))
        answer = _complete(request, attempt)
    except WireError as error:
        answer = failed(request, provider, error, None if isinstance(error, SomebodyElse) else attempt)
    add_never_cache_headers(answer)
    return answer


def _complete(request: HttpRequest, attempt: OAuthAttempt) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    attempts.require_own(attempt, user, request.session.session_key)
    principal = principal_in(request, attempt.organization_id)
    if principal is None:
        raise NotAMember
    view = handshake.complete(principal, attempt, request.GET.dict())
    if view is None:
        return redirect("oauth:confirm", app=attempt.app, attempt_id=attempt.id)
    return _connected(request, attempt, view)


def _connected(request: HttpRequest, attempt: OAuthAttempt, view: ConnectionView) -> HttpResponse:
    done = "works again" if attempt.reconnects else "is connected"
    messages.success(request, f"{view.name} {done}.")
    return redirect(attempt.return_to)


@require_http_methods(["GET", "POST"])
@signed_in
def confirm(request: PersonRequest, app: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask whether a grant that differs may replace the old one, and do what was decided."""
    provider = provider_of(app)
    attempt = OAuthAttempt.objects.select_related("data_key").filter(pk=attempt_id, user=request.user).first()
    if attempt is None:
        raise Http404
    try:
        attempts.require_own(attempt, request.user, request.session.session_key)
        if request.method == "POST":
            return _decide(request, attempt)
        difference = handshake.difference(attempt)
    except StateExpired as error:
        attempts.give_back(attempt)
        return failed(request, provider, error, attempt)
    except WireError as error:
        return failed(request, provider, error, attempt)
    connection = attempts.connection_to_reconnect(attempt)
    shown = {"difference": difference, "connection": connection, "provider": provider, "attempt": attempt}
    return render(request, "oauth/confirm.html", shown)


def _decide(request: PersonRequest, attempt: OAuthAttempt) -> HttpResponse:
    principal = principal_in(request, attempt.organization_id)
    if principal is None:
        raise NotAMember
    if request.POST.get("decision") == "replace":
        return _connected(request, attempt, handshake.confirm(principal, attempt))
    handshake.decline(attempt, principal.actor)
    messages.info(request, "The connection is as it was; the new grant was given back.")
    return redirect(attempt.return_to)


def _posted_form(request: PersonRequest, provider: Provider) -> Form:
    if "connectionId" in request.POST:
        _, oauth = attempts.oauth_method(provider)
        return ReconnectForm(request.POST, oauth=oauth)
    return _connect_form(request, provider, request.POST)


def _connect_form(request: PersonRequest, provider: Provider, *data: Any, **more: Any) -> ConnectForm:
    choices = places(request.principal)
    if not choices:
        raise PermissionDenied("You may not create connections in this organization, nor in any of its projects.")
    _, oauth = attempts.oauth_method(provider)
    urls = servers.urls_with_client(provider, request.principal.organization_id)
    return ConnectForm(*data, urls=urls, places=choices, oauth=oauth, **more)


def _reconnect_form(
    request: PersonRequest, provider: Provider, connection_id: uuid.UUID, return_to: str
) -> ReconnectForm:
    services.require_replaceable(request.principal, provider, connection_id)
    connection = AppConnection.objects.get(pk=connection_id)
    _, oauth = attempts.oauth_method(provider)
    use = attempts.smallest_use(oauth, connection.scopes)
    initial = {"connectionId": connection_id, "use": use.name, "returnTo": return_to}
    return ReconnectForm(initial=initial, oauth=oauth)


def _form_page(request: PersonRequest, provider: Provider, form: Form, status: int = 200) -> HttpResponse:
    urls = servers.urls_with_client(provider, request.principal.organization_id)
    if not urls:
        return nothing_configured(request, provider)
    shown = {
        "form": form,
        "provider": provider,
        "action": reverse("oauth:start", kwargs={"app": provider.app}),
        "redirect_uri": servers.redirect_uri(provider),
        "connection": _connection_of(form),
    }
    response = render(request, "oauth/new.html", shown, status=status)
    allow_form_to(response, *{servers.origin_of(url) for url in urls})
    return response


def _connection_of(form: Form) -> AppConnection | None:
    if not isinstance(form, ReconnectForm):
        return None
    return AppConnection.objects.filter(pk=form["connectionId"].value()).first()


def _earlier(request: PersonRequest) -> OAuthAttempt | None:
    attempt_id = _uuid(request.GET.get("attempt", ""))
    return attempts.of_person(attempt_id, request.user) if attempt_id else None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _session(request: HttpRequest) -> str:
    return request.session.session_key or ""
