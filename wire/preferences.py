"""How somebody likes the pages: kept in cookies, so that a page is right before it is painted."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

A_YEAR = 365 * 86_400
# By cookie, what may be in it. The first value is that of a browser that never said.
CHOICES = {"theme": ("system", "light", "dark"), "shortcuts": ("on", "off")}


def preferences(request: HttpRequest) -> dict[str, str]:
    """Return what the browser asks for (a context processor)."""
    return {name: _known(name, request.COOKIES.get(name, "")) for name in CHOICES}


def _known(name: str, value: str) -> str:
    return value if value in CHOICES[name] else CHOICES[name][0]


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """POST /preferences: remember what was chosen, and go back to the page it was chosen on."""
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    answer = HttpResponseRedirect(back if is_ours else "/")
    for name, values in CHOICES.items():
        if (value := request.POST.get(name)) in values:
            answer.set_cookie(
                name,
                str(value),
                max_age=A_YEAR,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
    return answer
