"""Add a connection: choose the app, choose the method, give the credentials."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from connections import services
from connections.errors import CredentialsRefused, NameTaken
from connections.providers import PROVIDERS
from connections.providers.base import Method, Provider
from connections.rows import ConnectionView
from connections.web.arrival import announce, page_after, safe_return
from connections.web.new_forms import NewByCredentialsForm, places_for_new
from connections.web.url_choice import known_urls
from organizations.web.people import PersonRequest, signed_in
from wire.errors import BadRequest, RateLimited

LONGEST_PLACE = 512


class Choice(NamedTuple):
    """Something to choose: its name, one line on when to choose it, and where the choice leads."""

    app: str
    name: str
    hint: str
    url: str
    is_recommended: bool = False


@require_safe
@signed_in
def choose(request: PersonRequest) -> HttpResponse:
    """GET /organization/app-connections/new: the apps; of the one chosen (`?app=`), or the only one, its methods.

    `?project=` and `?next=` are handed on to the form.
    """
    places_for_new(request.principal)
    app = request.GET.get("app") or (next(iter(PROVIDERS)) if len(PROVIDERS) == 1 else "")
    handed_on = {name: request.GET[name] for name in ("project", "next") if request.GET.get(name)}
    shown: dict[str, Any] = {
        "return_to": safe_return(request, request.GET.get("next", "")),
        "apps_url": _with(reverse("connections:new"), handed_on) if len(PROVIDERS) > 1 else "",
    }
    if app:
        provider = _provider(app)
        choices = [_method_choice(provider, method, handed_on) for method in provider.methods.values()]
        return render(request, "connections/new.html", {**shown, "provider": provider, "choices": choices})
    choices = [_app_choice(provider, handed_on) for provider in PROVIDERS.values()]
    return render(request, "connections/new.html", {**shown, "choices": choices})


def _app_choice(provider: Provider, handed_on: dict[str, str]) -> Choice:
    url = _with(reverse("connections:new"), {"app": provider.app, **handed_on})
    *first, last = (method.display_name for method in provider.methods.values())
    ways = f"{', '.join(first)} or {last}" if first else last
    return Choice(provider.app, provider.display_name, f"By {ways}.", url)


def _method_choice(provider: Provider, method: Method, handed_on: dict[str, str]) -> Choice:
    """OAuth goes through the browser, and so has a form of its own."""
    if method.oauth:
        url = _with(reverse("oauth:new", args=[provider.app]), {"method": method.name, **handed_on})
    else:
        url = _with(reverse("connections:new-by", args=[provider.app, method.name]), handed_on)
    return Choice(provider.app, method.display_name, method.hint, url, method.is_recommended)


def _with(url: str, query: dict[str, str]) -> str:
    return f"{url}?{urlencode(query)}" if query else url


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def by(request: PersonRequest, app: str, method: str) -> HttpResponse:
    """GET and POST /organization/app-connections/{app}/new/{method}: credentials that are typed in.

    The steps to make them are those for what was chosen: with scripts they alone are fetched, without them a button
    sends the form, which comes back with the steps and without the secret.
    """
    provider = _provider(app)
    way = provider.methods.get(method)
    if way is None or way.oauth:
        raise Http404
    if request.method != "POST":
        form = _form(request, provider, way)
        form.initial["projectId"] = request.GET.get("project", "")
        form.keep(request.GET, only_offered=not _is_part(request))
        return _page(request, form)
    if "show" in request.POST:
        form = _form(request, provider, way)
        form.keep(request.POST, only_offered=False)
        return _page(request, form)
    form = _form(request, provider, way, request.POST)
    made = _created(request, form) if form.is_valid() else None
    if made is None:
        return _page(request, form, status=422)
    announce(request, made, "is connected")
    return redirect(page_after(made, safe_return(request, request.POST.get("returnTo", ""))))


def _is_part(request: PersonRequest) -> bool:
    """Tell whether a script asks for the steps alone."""
    return request.method == "GET" and bool(getattr(request, "htmx", False))


def _provider(app: str) -> Provider:
    if app not in PROVIDERS:
        raise Http404
    return PROVIDERS[app]


def _form(request: PersonRequest, provider: Provider, method: Method, *data: Any) -> NewByCredentialsForm:
    return NewByCredentialsForm(
        *data,
        app=provider.app,
        places=places_for_new(request.principal),
        provider=provider,
        method=method,
        urls=known_urls(request.principal, provider),
    )


def _created(request: PersonRequest, form: NewByCredentialsForm) -> ConnectionView | None:
    """Create the connection; None where that is refused, and the form says why."""
    try:
        return services.create(
            request.principal,
            form.provider,
            method=form.method.name,
            credentials=form.credentials,
            **form.about(),
        )
    except NameTaken as error:
        form.add_error("name", str(error))
    except CredentialsRefused as error:
        form.refuse(error)
    except (BadRequest, RateLimited) as error:
        form.add_error(None, str(error))
    return None


def _page(request: PersonRequest, form: NewByCredentialsForm, *, status: int = 200) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    place = given.get("place", "")[:LONGEST_PLACE]
    shown = {
        "form": form,
        "provider": form.provider,
        "method": form.method,
        "place": place,
        "guide": form.method.guide(form.making(place)) if form.method.guide else None,
        "return_to": safe_return(request, given.get("next") or given.get("returnTo", "")),
    }
    template = "connections/new_steps.html" if _is_part(request) else "connections/new_by.html"
    return render(request, template, shown, status=status)
