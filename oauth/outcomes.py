"""How a handshake ends for the person: every failure is a page with a cause and a next step."""

import math
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from connections import configured, errors, servers
from connections.providers.base import Method, Provider
from connections.providers.clients import ClientKind
from connections.providers.journeys import Pending
from connections.web.arrival import HOME
from oauth.errors import HandshakeFailed
from oauth.making_forms import empty_form
from oauth.models import OAuthAttempt
from organizations.roles import Permission
from organizations.web.people import PersonRequest
from wire.errors import BadRequest, NotFound, PermissionDenied, RateLimited, ServerError, WireError
from wire.pages import Step, cause_of, outcome


class Words(NamedTuple):
    title: str
    advice: str


NOTHING_STORED = "Nothing was stored."
# The first class that fits counts.
WORDS: dict[type[WireError], Words] = {
    errors.NameTaken: Words("The name is taken by now", f"{NOTHING_STORED} Choose another name and connect again."),
    errors.ScopesLacking: Words("The access is not enough", f"{NOTHING_STORED} The access was given back."),
    errors.ExchangeFailed: Words(
        "The access could not be fetched", f"{NOTHING_STORED} See to the cause, then connect again."
    ),
    errors.AccessRefused: Words(
        "The access is not yours to give", f"{NOTHING_STORED} See to the cause, then connect again."
    ),
    errors.CredentialsRefused: Words(
        "The access does not work", f"{NOTHING_STORED} See to the cause, then connect again."
    ),
    errors.ClientNotConfigured: Words(
        "Connecting is not set up", "The operator of this service sets the variables of its client there."
    ),
    errors.NoClientThere: Words("Connecting is not set up for this instance", NOTHING_STORED),
    PermissionDenied: Words("You may not do this", f"{NOTHING_STORED} Ask an admin of the organization."),
    NotFound: Words("The connection is gone", "It was deleted in between, or you may not see it any more."),
    BadRequest: Words("The connection was not made", f"{NOTHING_STORED} See to the cause, then connect again."),
    ServerError: Words("Something went wrong here", f"{NOTHING_STORED} The log of the server says more."),
}
DEFAULT = Words("The connection was not made", f"{NOTHING_STORED} Connect again.")
MINUTE = 60


def failed(
    request: HttpRequest, provider: Provider, error: WireError, attempt: OAuthAttempt | None
) -> HttpResponse:
    """Return the page of a failure. With the person's own `attempt` the form comes back as it was."""
    title, advice = words_for(error)
    steps = [Step("Connect again", _form(provider, attempt)), Step("Go back", _back(attempt))]
    if isinstance(error, errors.AccessRefused) and error.page_url:
        steps.insert(1, Step(error.page_label, error.page_url))
    facts = {"Instance": attempt.instance_url} if attempt else {}
    return outcome(
        request,
        title=title,
        cause=cause_of(error),
        advice=advice,
        steps=steps,
        facts=facts,
        status=error.status,
        headers=error.headers,
    )


def words_for(error: WireError) -> Words:
    """Return the title and the advice for an error."""
    if isinstance(error, HandshakeFailed):
        return Words(error.title, error.advice)
    if isinstance(error, RateLimited):
        minutes = math.ceil(error.retry_after / MINUTE)
        wait = f"{minutes} minutes" if minutes > 1 else "a minute"
        return Words("Too much is going on there", f"{NOTHING_STORED} Connect again in {wait}.")
    return next((words for kind, words in WORDS.items() if isinstance(error, kind)), DEFAULT)


def pending(
    request: HttpRequest, provider: Provider, attempt: OAuthAttempt | None, waiting: Pending
) -> HttpResponse:
    """Return the page for somebody who came back without access, though nothing went wrong."""
    form = _form(provider, attempt) if attempt else _form_of_what_is_there(provider)
    steps = [Step("Connect again", form), Step("Go back", _back(attempt))]
    return outcome(
        request, title=waiting.title, cause=waiting.cause, advice=waiting.advice, steps=steps, status=200
    )


def nothing_configured(request: PersonRequest, provider: Provider, method: Method) -> HttpResponse:
    """Return the page that says how to set up the client that the method needs."""
    kind = provider.client_of(method) or provider.main_client
    may_register = Permission.INSTANCES_EDIT in request.principal.permissions(None)
    shown = {
        "provider": provider,
        "method": method,
        "kind": kind,
        "url": configured.url_of(provider, kind),
        "redirect_uri": servers.redirect_uri(provider),
        "uses": method.oauth.uses if method.oauth else [],
        "may_register": may_register,
        "form": empty_form(request, provider, kind) if kind.maker and may_register else None,
        "others": list(_ways_without(request, provider, kind)),
    }
    return render(request, "oauth/set_up.html", shown)


def _ways_without(request: PersonRequest, provider: Provider, kind: ClientKind) -> Iterator[Method]:
    """Yield the methods to connect by at once: those without a client, and those by another kind that is known."""
    organization_id = request.principal.organization_id
    for method in provider.methods.values():
        other = provider.client_of(method)
        if other is None or (other is not kind and servers.redirect_uris(provider, other, organization_id)):
            yield method


def _form(provider: Provider, attempt: OAuthAttempt | None) -> str:
    url = reverse("oauth:new", kwargs={"app": provider.app})
    return f"{url}?attempt={attempt.id}" if attempt else url


def _form_of_what_is_there(provider: Provider) -> str:
    """Return the form that asks for what a person has at the server already, if there is such a way to connect."""
    ways = [(way, use) for way in provider.browser_methods.values() if way.oauth for use in way.oauth.uses]
    found = next(({"method": way.name, "use": use.name} for way, use in ways if use.is_there), {})
    return f"{_form(provider, None)}?{urlencode(found)}"


def _back(attempt: OAuthAttempt | None) -> str:
    return attempt.return_to if attempt else reverse(HOME)
