"""Have a server make a client for us: the form, the way there, and the way back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods

from connections import servers
from connections.models import Client
from connections.providers import PROVIDERS
from connections.providers.base import Provider
from connections.providers.clients import ClientKind
from oauth import attempts, making
from oauth.errors import NotAMember, NotReplaced
from oauth.making import Posting
from oauth.making_forms import MakingForm, empty_form
from oauth.making_outcomes import failed
from oauth.models import OAuthAttempt, Purpose
from organizations.access import require_organization
from organizations.models import User
from organizations.roles import Permission
from organizations.web.people import PersonRequest, as_person, principal_in, signed_in
from wire.errors import ServerError, WireError
from wire.pages import allow_form_to


def kind_of(provider: Provider, name: str) -> ClientKind:
    """Return a kind of client that servers make by themselves; raises Http404."""
    kind = provider.clients.get(name)
    if kind is None or kind.maker is None:
        raise Http404
    return kind


def provider_of(app: str) -> Provider:
    """Return the provider of an app of which some client is made by the server; raises Http404."""
    provider = PROVIDERS.get(app)
    if provider is None or not any(kind.maker for kind in provider.clients.values()):
        raise Http404
    return provider


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: PersonRequest, app: str, kind: str) -> HttpResponse:
    """GET and POST …/<app>/clients/<kind>/new: ask for owner and name, then lead to the server with a form."""
    provider = provider_of(app)
    wanted_kind = kind_of(provider, kind)
    require_organization(request.principal, Permission.INSTANCES_EDIT)
    given = request.POST if request.method == "POST" else request.GET
    present = _present(request, provider, wanted_kind, given.get("instanceUrl") or provider.default_url)
    about: dict[str, Any] = {"provider": provider, "kind": wanted_kind, "present": present}
    if request.method == "GET":
        form = empty_form(request, provider, wanted_kind, url=request.GET.get("instanceUrl", ""), present=present)
        return _form_page(request, form, about)
    form = MakingForm(request.POST, **about)
    posted: list[Posting] = []

    def begin() -> None:
        session = request.session.session_key or ""
        posted.append(making.begin(request.principal, session, provider, wanted_kind, form.wanted()))

    try:
        if form.is_valid() and form.send(begin):
            return _posting_page(request, provider, wanted_kind, posted[0])
    except NotReplaced:
        form.add_error("replaces" if "replaces" in form.fields else None, "Say that it may be replaced.")
    return _form_page(request, form, about, status=422)


def _present(request: PersonRequest, provider: Provider, kind: ClientKind, url: str) -> Client | None:
    instance = servers.registered(provider, url, request.principal.organization_id)
    return instance.client(kind.name) if instance else None


def _form_page(request: PersonRequest, form: MakingForm, about: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "oauth/client_new.html", {"form": form, **about}, status=status)


def _posting_page(request: PersonRequest, provider: Provider, kind: ClientKind, posting: Posting) -> HttpResponse:
    shown = {"provider": provider, "kind": kind, "posting": posting}
    response = render(request, "oauth/client_posting.html", shown)
    allow_form_to(response, servers.origin_of(posting.address))
    return response


@require_GET
def made(request: HttpRequest, app: str) -> HttpResponse:
    """GET …/<app>/clients/made: take the person back who had a client made. The attempt is consumed first."""
    provider = provider_of(app)
    attempt: OAuthAttempt | None = None
    try:
        attempt = attempts.find(provider, request.GET.get("state", ""), Purpose.MAKE)
        attempts.consume(attempt)
        answer = _complete(request, provider, attempt)
    except WireError as error:
        if request.user.is_authenticated and error.status < ServerError.status:
            as_person(request)  # the page shows who is signed in
        is_theirs = attempt is not None and attempt.user_id == request.user.pk
        answer = failed(request, provider, error, attempt if is_theirs else None)
    add_never_cache_headers(answer)
    return answer


def _complete(request: HttpRequest, provider: Provider, attempt: OAuthAttempt) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    attempts.require_own(attempt, user, request.session.session_key)
    principal = principal_in(request, attempt.organization_id)
    if principal is None:
        raise NotAMember("You left the organization that it was for, or were removed from it.")
    kind = kind_of(provider, attempt.method)
    instance, client = making.complete(principal, provider, kind, attempt, request.GET.dict())
    there = provider.display_name
    messages.success(
        request,
        f"The {kind.title} {client.name} is created, and its keys are kept here. Next, press “Connect” to install "
        f"it at {there} and to connect by it.",
    )
    return redirect("connections:instance", app=provider.app, instance_id=instance.id)
