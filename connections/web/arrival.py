"""Where a person lands once a connection is made, and what is said there."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from connections.models import AppConnection
from connections.rows import ConnectionView

HOME = "connections:home"
LONGEST_RETURN = 512


def safe_return(request: HttpRequest, url: str) -> str:
    """Return where the person came from, if that is a page of ours; otherwise the list of connections."""
    is_ours = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
    return url if is_ours and len(url) <= LONGEST_RETURN else reverse(HOME)


def page_after(view: ConnectionView, return_to: str) -> str:
    """Return where a new connection leads: back to the page that asked for it, otherwise to its own."""
    return reverse("connections:detail", args=[view.id]) if return_to == reverse(HOME) else return_to


def announce(request: HttpRequest, view: ConnectionView, done: str) -> None:
    """Say on the next page what was done, and what is wrong with credentials that work."""
    warnings = AppConnection.objects.filter(pk=view.id).values_list("warnings", flat=True).first() or []
    if warnings:
        said = " ".join(warning["message"] for warning in warnings)
        messages.warning(request, f"{view.name} {done}, with a warning: {said}")
    else:
        messages.success(request, f"{view.name} {done}.")
