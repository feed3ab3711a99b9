"""From allauth's signals to the audit log. Connected when the app is ready; written before the answer leaves."""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from audit.events import Event
from organizations.accounts import record_failure, record_own
from organizations.models import User
from wire.origin import origin_of

Type = Authenticator.Type
WORDS = {Type.TOTP: "authenticator-app", Type.WEBAUTHN: "passkey", Type.RECOVERY_CODES: "recovery-code"}
METHODS = {"password": "password", "socialaccount": "single-sign-on", "mfa": "passkey"}
ADDED = {
    Type.TOTP: Event.ADD_USER_SECOND_FACTOR,
    Type.WEBAUTHN: Event.ADD_USER_PASSKEY,
    Type.RECOVERY_CODES: Event.GENERATE_USER_RECOVERY_CODES,
}
REMOVED = {Type.TOTP: Event.REMOVE_USER_SECOND_FACTOR, Type.WEBAUTHN: Event.REMOVE_USER_PASSKEY}


@receiver(account.user_logged_in)
def on_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    record_own(Event.SIGN_IN_USER, user=user, origin=origin_of(request), **steps(request, user))


def steps(request: HttpRequest, user: User) -> dict[str, str]:
    """Return how somebody signed in: the first step, and the second if there was one."""
    first, *more = get_authentication_records(request, user) or [{"method": "password"}]
    second = next((WORDS.get(one.get("type", ""), "") for one in more if one["method"] == "mfa"), None)
    return {"method": METHODS.get(first["method"], first["method"]), **({"secondFactor": second} if second else {})}


@receiver(user_logged_out)
def on_sign_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        record_own(Event.SIGN_OUT_USER, user=user, origin=origin_of(request))


@receiver([account.password_changed, account.password_set])
def on_password_change(request: HttpRequest, user: User, **_: Any) -> None:
    record_own(Event.CHANGE_USER_PASSWORD, user=user, origin=origin_of(request))


@receiver(account.password_reset)
def on_password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    record_own(Event.RESET_USER_PASSWORD, user=user, origin=origin_of(request))


@receiver(mfa.authentication_failed)
def on_wrong_code(
    request: HttpRequest, user: User, authenticator: Authenticator, *, reauthentication: bool, **_: Any
) -> None:
    step = "confirmation" if reauthentication else "second-factor"
    record_failure(user=user, origin=origin_of(request), step=step, secondFactor=WORDS[Type(authenticator.type)])


@receiver(post_save, sender=Authenticator)
def on_authenticator_added(instance: Authenticator, *, created: bool, **_: Any) -> None:
    if created and context.request:
        _record_authenticator(ADDED[Type(instance.type)], instance)


@receiver(post_delete, sender=Authenticator)
def on_authenticator_removed(instance: Authenticator, origin: Any, **_: Any) -> None:
    """Recovery codes go with the last factor, or are replaced: neither is an event of its own.

    `origin` is what was deleted: of a person who goes, there is nothing to say of their factors.
    """
    if context.request and instance.type in REMOVED and isinstance(origin, Authenticator):
        _record_authenticator(REMOVED[Type(instance.type)], instance)


@receiver(post_save, sender=SocialAccount)
def on_link(instance: SocialAccount, *, created: bool, **_: Any) -> None:
    if created and context.request:
        origin = origin_of(context.request)
        record_own(Event.LINK_USER_SINGLE_SIGN_ON, user=instance.user, origin=origin, issuer=instance.provider)


def _record_authenticator(event: Event, authenticator: Authenticator) -> None:
    named = {"name": authenticator.wrap().name} if authenticator.type == Type.WEBAUTHN else {}
    record_own(event, user=authenticator.user, origin=origin_of(context.request), **named)
