"""What people decide once they are back: what to connect to, and whether a grant that differs replaces another."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from connections import services
from connections.providers.base import Provider
from oauth import attempts, candidates, handshake
from oauth.errors import StateExpired
from oauth.forms import ChoiceForm
from oauth.models import OAuthAttempt
from oauth.outcomes import failed
from oauth.views import connected, principal_now, provider_of
from organizations.web.people import PersonRequest, signed_in
from wire.errors import WireError


@require_http_methods(["GET", "POST"])
@signed_in
def confirm(request: PersonRequest, app: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask whether a grant that differs may replace the old one, and do what was decided."""
    provider = provider_of(app)
    attempt = _own(request, provider, attempt_id)
    try:
        attempts.require_own(attempt, request.user, request.session.session_key)
        if request.method == "POST":
            return _decide(request, attempt)
        difference = handshake.difference(attempt)
        principal, connection_id = principal_now(request, attempt), attempts.connection_of(attempt).id
        services.require_reconnectable(principal, provider, connection_id)
    except StateExpired as error:
        attempts.give_back(attempt)
        return failed(request, provider, error, attempt)
    except WireError as error:
        return failed(request, provider, error, attempt)
    connection = attempts.connection_to_reconnect(attempt)
    shown = {"difference": difference, "connection": connection, "provider": provider, "attempt": attempt}
    return render(request, "oauth/confirm.html", shown)


def _decide(request: PersonRequest, attempt: OAuthAttempt) -> HttpResponse:
    principal = principal_now(request, attempt)
    if request.POST.get("decision") == "replace":
        if not handshake.is_as_shown(attempt):
            return redirect(request.path)
        return connected(request, attempt, handshake.confirm(principal, attempt))
    handshake.decline(attempt, principal.actor)
    messages.info(request, "The connection is as it was; the new grant was given back.")
    return redirect(attempt.return_to)


@require_http_methods(["GET", "POST"])
@signed_in
def choose(request: PersonRequest, app: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask which of what a person has at the server a new connection is to, and make it."""
    provider = provider_of(app)
    attempt = _own(request, provider, attempt_id)
    oauth = provider.methods[attempt.method].oauth
    try:
        attempts.require_own(attempt, request.user, request.session.session_key)
        principal = principal_now(request, attempt)
        offered = candidates.offered(attempt)
        form = ChoiceForm(request.POST or None, label=oauth.journey.which if oauth else "", offered=offered)
        if form.is_valid():
            return connected(request, attempt, candidates.choose(principal, attempt, form.number))
    except WireError as error:
        return failed(request, provider, error, attempt)
    shown = {"form": form, "provider": provider, "attempt": attempt}
    return render(request, "oauth/choose.html", shown, status=422 if form.is_bound else 200)


def _own(request: PersonRequest, provider: Provider, attempt_id: uuid.UUID) -> OAuthAttempt:
    attempt = attempts.of_person(attempt_id, request.user, provider)
    if attempt is None:
        raise Http404
    return attempt
