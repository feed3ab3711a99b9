"""Attempts to sign in, counted before anything is looked at: nothing can be guessed without limit.

By client address, together with the logins of machines, and by whom the attempt is for.
"""

import hashlib

from django.http import HttpRequest

from organizations.models import User
from wire.limits import Limit, count
from wire.origin import neighbourhood, origin_of


def count_address(request: HttpRequest) -> None:
    """Count an attempt from this client address; raises RateLimited."""
    _count(Limit.LOGIN, neighbourhood(origin_of(request).ip))


def count_password(request: HttpRequest, email: str) -> None:
    """Count a password tried for an e-mail address, whether somebody has it or not; raises RateLimited."""
    count_address(request)
    _count(Limit.SIGN_IN, hashlib.sha256(email.encode()).hexdigest())


def count_reset(request: HttpRequest, email: str) -> None:
    """Count a request for a new password of an address, whether somebody has it or not; raises RateLimited."""
    count_address(request)
    _count(Limit.PASSWORD_RESET, hashlib.sha256(email.encode()).hexdigest())


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
