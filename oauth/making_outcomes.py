"""How it ends for the person when a server was to make a client: every failure has a cause and a next step."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from connections import errors as connection_errors
from connections.providers.base import Provider
from connections.providers.clients import ClientKind
from oauth import errors
from oauth.models import OAuthAttempt
from wire.errors import PermissionDenied, RateLimited, WireError
from wire.pages import Step, cause_of, outcome


class Words(NamedTuple):
    """What is said of an error: {kind} and {app} are names, {time} is how long it may take.

    Without a `cause` it is the error's own.
    """

    title: str
    advice: str
    cause: str = ""


NOT_CREATED = "The {kind} was not created"
NOT_TAKEN_OVER = "The {kind} was created, but not taken over"
THERE_ALL_THE_SAME = (
    "Nothing was stored here, but at {app} the {kind} exists, and its name is taken. Delete it there, then create "
    "it again."
)
AGAIN = "Nothing was changed here. Create it again whenever you want to."
# The first class that fits counts.
WORDS: dict[type[WireError], Words] = {
    errors.StateUnknown: Words(
        "This link does not belong to anything you started here",
        "Nothing was changed here. If you did not just create anything at {app}, close this page.",
        "Nothing that was begun here ends with it. It may have been shortened, or made up by somebody else.",
    ),
    errors.StateUsed: Words("This attempt is over", "Look at the instance: the {kind} may be there by now."),
    errors.StateExpired: Words("That took too long", THERE_ALL_THE_SAME, "It has to be finished within {time}."),
    errors.SomebodyElse: Words(
        "Somebody else began this",
        "Nothing was stored here. Delete at {app} what was created, and create it again in this browser; stay "
        "signed in meanwhile.",
    ),
    errors.ConsentDenied: Words(NOT_CREATED, AGAIN, "You, or whoever sat at the page of {app}, chose not to."),
    errors.ServerComplained: Words(NOT_CREATED, AGAIN),
    errors.CodeMissing: Words(
        NOT_CREATED, AGAIN, "You were sent back without the code by which it would have been fetched."
    ),
    errors.CodeRefused: Words(
        NOT_TAKEN_OVER,
        THERE_ALL_THE_SAME,
        "{app} does not know the code that you came back with: it is more than {time} old, or was used before.",
    ),
    errors.MadeButLost: Words(
        NOT_TAKEN_OVER,
        "At {app} the {kind} exists, but its key is lost: it is given out only once. Delete it there, then create "
        "it again.",
    ),
    errors.NotAMember: Words("You are no longer a member", THERE_ALL_THE_SAME),
    PermissionDenied: Words("You may not do this", THERE_ALL_THE_SAME),
    connection_errors.InstanceNotFound: Words(
        "The instance is gone", THERE_ALL_THE_SAME, "It was deleted in between."
    ),
    RateLimited: Words(NOT_TAKEN_OVER, THERE_ALL_THE_SAME),
}
DEFAULT = Words(NOT_TAKEN_OVER, THERE_ALL_THE_SAME)


def failed(
    request: HttpRequest, provider: Provider, error: WireError, attempt: OAuthAttempt | None
) -> HttpResponse:
    """Return the page of a failure. The person's own `attempt` says what was to be made, and where."""
    kind = provider.clients.get(attempt.method) if attempt else None
    words = next((words for type_, words in WORDS.items() if isinstance(error, type_)), DEFAULT)
    names = {"kind": kind.title if kind else "client", "app": provider.display_name, "time": _time_for(kind)}
    return outcome(
        request,
        title=words.title.format_map(names),
        cause=words.cause.format_map(names) or cause_of(error),
        advice=words.advice.format_map(names),
        steps=list(_steps(provider, kind, error, attempt)),
        facts={"Instance": attempt.instance_url, "Name": attempt.name} if attempt else {},
        status=error.status,
        headers=error.headers,
    )


def _time_for(kind: ClientKind | None) -> str:
    """Return for how long a server keeps what it made, in words."""
    if kind is None or kind.maker is None:
        return "the time given"
    now = timezone.now()
    return timesince(now - kind.maker.lifetime, now).replace("\xa0", " ")


def _steps(
    provider: Provider, kind: ClientKind | None, error: WireError, attempt: OAuthAttempt | None
) -> list[Step]:
    steps = [Step("Go to the instances", reverse("connections:instances"))]
    if kind and attempt:
        steps.insert(0, Step("Create it again", form_url(provider, kind, attempt.instance_url)))
    if isinstance(error, errors.MadeFailed) and error.page:
        steps.insert(0, Step(f"Open it at {provider.display_name}", error.page))
    return steps


def form_url(provider: Provider, kind: ClientKind, url: str) -> str:
    """Return where a client is made for an address."""
    path = reverse("oauth:client-new", kwargs={"app": provider.app, "kind": kind.name})
    return f"{path}?{urlencode({'instanceUrl': url})}"
