"""What every page of the product shares: saying what happened, why, and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from wire.errors import ServerError, WireError
from wire.origin import origin_of
from wire.preferences import preferences

log = structlog.get_logger(__name__)

MACHINES = ("/api", "/healthcheck")
TITLES = {
    400: "This cannot be done",
    403: "You may not do this",
    404: "There is no such page",
    413: "That is too much at once",
    429: "Too many attempts",
    500: "Something went wrong here",
    503: "This is not available right now",
}
# What a page says where an error says no more than its kind: the contract's words are for programs.
CAUSES = {
    403: "Your role does not allow it.",
    404: "The address is wrong, or what was here is gone, or it belongs to others.",
    500: "The fault is on this side, not on yours.",
}
ADVICE = {
    403: "Ask an admin of your organization for a role that does.",
    500: "Try again in a moment. If it stays like this, give whoever runs this instance the request's id.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next: a link to `url`, or with `fields` a button that posts them there."""

    label: str
    url: str
    fields: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages that a thing has, for `shell/tabs.html`."""

    label: str
    url: str
    is_current: bool


HOME = Step("Go to the start page", "/")


def is_page(request: HttpRequest) -> bool:
    """Tell whether a browser asks, rather than a client of the API or a load balancer."""
    return not request.path_info.startswith(MACHINES)


def outcome(
    request: HttpRequest,
    *,
    title: str,
    cause: str,
    advice: str = "",
    steps: Sequence[Step] = (),
    facts: Mapping[str, str] | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return the page that says what happened (`title`), why, and what to do: in words, and as links and buttons.

    `facts` are details for whoever looks into it, by their name. A server error is rendered from what is given
    and nothing else: neither session nor database may be there.
    """
    shown = {
        "title": title,
        "is_error": status >= HTTPStatus.BAD_REQUEST,
        "cause": cause,
        "advice": advice,
        "steps": steps,
        "facts": {**(facts or {}), "Request": origin_of(request).request_id},
    }
    if status >= ServerError.status:
        page = render_to_string("outcome.html", {**preferences(request), **shown})
    else:
        page = render_to_string("outcome.html", shown, request)
    return HttpResponse(page, status=status, headers=dict(headers or {}))


def cause_of(error: WireError) -> str:
    """Return what a client may read of an error; what went wrong within goes to the log instead."""
    if isinstance(error, ServerError):
        log.error("a page could not be answered", exc_info=error)
    return error.message if isinstance(error.message, str) else str(error)


def refusal(request: HttpRequest, error: WireError) -> HttpResponse:
    """Return the page of an error."""
    cause = cause_of(error)
    says_no_more = cause == error.default
    page = outcome(
        request,
        title=TITLES.get(error.status, TITLES[400]),
        cause=CAUSES.get(error.status, cause) if says_no_more else cause,
        advice=ADVICE.get(error.status, ""),
        steps=[HOME],
        status=error.status,
        headers=error.headers,
    )
    add_never_cache_headers(page)
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that does not prove where it comes from (Django's `CSRF_FAILURE_VIEW`)."""
    return outcome(
        request,
        title="This form is no longer valid",
        cause="It was opened before you signed in or out, or your browser keeps no cookies for this site.",
        advice="Nothing was changed. Go back, load the page again, and send the form once more.",
        steps=[HOME],
        facts={"Reason": reason},
        status=403,
    )


def allow_form_to(response: HttpResponse, *origins: str) -> None:
    """Let the forms of one page lead to other origins, such as `https://gitlab.example.com`.

    Browsers check the redirect that answers a form as well: without this Chromium stays where it is, silently.
    """
    policy: dict[str, list[str]] = getattr(response, "_csp_update", {})
    known = policy.get("form-action", [])
    response._csp_update = {**policy, "form-action": [*known, *origins]}  # type: ignore[attr-defined]  # django-csp's
