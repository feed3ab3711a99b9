"""Attempts to sign in, counted before anything is looked at: nothing can be guessed without limit.

By client address, together with the logins of machines, and by whom the attempt is for. Strangers can use up what
there is for an e-mail address, so a browser that its person has signed in with has attempts of its own.
"""

import hashlib
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from organizations.models import User
from wire.limits import Limit, count
from wire.origin import neighbourhood, origin_of

KNOWN = "known-browser"  # the cookie of a browser that somebody has signed in with; it opens nothing
KNOWN_FOR = 180 * 24 * 3600


def count_address(request: HttpRequest) -> None:
    """Count an attempt from this client address; raises RateLimited."""
    _count(Limit.LOGIN, neighbourhood(origin_of(request).ip))


def count_password(request: HttpRequest, email: str) -> None:
    """Count a password tried for an e-mail address, whether somebody has it or not; raises RateLimited."""
    count_address(request)
    _count(Limit.SIGN_IN, _who_tries(request, email))


def _who_tries(request: HttpRequest, email: str) -> str:
    """Return what is counted: the session's person, a browser known for the address, or the address."""
    if isinstance(request.user, User):
        return str(request.user.pk)
    known = request.get_signed_cookie(KNOWN, default="", salt=KNOWN, max_age=KNOWN_FOR) or ""
    return known if known.startswith(f"{_digest(email)}-") else _digest(email)


def know_browser(response: HttpResponse, email: str) -> None:
    """Let the browser that gets the answer be known by whoever has just signed in with it."""
    response.set_signed_cookie(
        KNOWN,
        f"{_digest(email)}-{secrets.token_hex(8)}",
        salt=KNOWN,
        max_age=KNOWN_FOR,
        path=reverse("account_login"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _digest(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()


def count_reset(request: HttpRequest, email: str) -> None:
    """Count a request for a new password of an address, whether somebody has it or not; raises RateLimited."""
    count_address(request)
    _count(Limit.PASSWORD_RESET, _digest(email))


def count_code(request: HttpRequest, user: User) -> None:
    """Count a code tried for a person's second factor; raises RateLimited.

    Whoever gets here knows the password or holds a session, so that nobody else can use the attempts up.
    """
    count_address(request)
    _count(Limit.SECOND_FACTOR, str(user.pk))


def _count(limit: Limit, key: str) -> None:
    usage = count(limit, key)
    if usage:
        usage.check()
