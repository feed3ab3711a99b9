"""A person's own account: how they sign in, and where they are signed in. allauth's views in our frame."""

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal.auth import begin_authentication
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions import views as usersessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST

from audit.events import Event
from organizations.accounts import record_own
from organizations.web.attempts import count_address
from organizations.web.people import as_person, to_sign_in
from organizations.web.second_factor import use_once
from wire.origin import origin_of


class Page:
    """One of allauth's views: in the frame of the pages, never kept, and with status 422 when it refuses a form."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            as_person(request)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        add_never_cache_headers(response)
        return response

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponseBase:
        forms = [context.get(name) for name in ("form", "webauthn_form")]
        if any(isinstance(form, BaseForm) and form.is_bound and form.errors for form in forms):
            kwargs["status"] = 422
        context["passkeys"] = settings.PASSKEYS
        response: HttpResponseBase = super().render_to_response(context, **kwargs)  # type: ignore[misc]
        return response


class Change(Page):
    """A page whose form changes something: the change commits together with its audit event."""

    def form_valid(self, form: BaseForm) -> HttpResponseBase:
        with transaction.atomic():
            response: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]
        return response


class SignIn(Page, account.LoginView):  # type: ignore[misc]  # allauth has no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        single_sign_on = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        return {**super().get_context_data(**kwargs), "single_sign_on": single_sign_on}


class SecondStep(Page, mfa.AuthenticateView):  # type: ignore[misc]  # allauth has no types
    """The code or the passkey after the password."""


class PasskeySignIn(Page, webauthn.LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Return what the browser asks a passkey for."""
        count_address(request)
        return JsonResponse({"request_options": begin_authentication(user=None)})


class Security(Page, mfa.IndexView):  # type: ignore[misc]  # allauth has no types
    """What there is to sign in with, and where one is signed in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return {
            **super().get_context_data(**kwargs),
            "links": SocialAccount.objects.filter(user_id=user.pk).count(),
            "single_sign_on": settings.OIDC_NAME,
            "sessions": len(UserSession.objects.purge_and_list(user)),
        }


class Password(Change, account.PasswordChangeView):  # type: ignore[misc]  # allauth has no types
    def form_valid(self, form: BaseForm) -> HttpResponseBase:
        response = super().form_valid(form)
        messages.success(self.request, "Your password is changed. Your other sessions are signed out.")
        return response


class FirstPassword(Change, account.PasswordSetView):  # type: ignore[misc]  # allauth has no types
    """For somebody who only knows single sign-on so far."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not did_recently_reauthenticate(request):
            if request.method == "POST":  # allauth would keep what was posted in the session, the password with it
                return redirect("account_set_password")
            raise ReauthenticationRequired
        return super().dispatch(request, *args, **kwargs)


class ResetPassword(Change, account.PasswordResetFromKeyView):  # type: ignore[misc]  # allauth has no types
    pass


class ForgottenPassword(Page, account.PasswordResetView):  # type: ignore[misc]  # allauth has no types
    pass


class Confirm(Page, account.ReauthenticateView):  # type: ignore[misc]  # allauth has no types
    pass


class ConfirmByCode(Page, mfa.ReauthenticateView):  # type: ignore[misc]  # allauth has no types
    pass


class ConfirmByPasskey(Page, webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def form_invalid(self, form: BaseForm) -> HttpResponseBase:
        """Show the page again, rather than leading to the sign-in page as allauth does."""
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(), **kwargs}


class ActivateApp(Change, totp.ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    def form_valid(self, form: BaseForm) -> HttpResponseBase:
        with transaction.atomic():
            response = super().form_valid(form)
            added = Authenticator.objects.get(user_id=self.request.user.pk, type=Authenticator.Type.TOTP)
            use_once(added, form.cleaned_data["code"])
        return response


class DeactivateApp(Change, totp.DeactivateTOTPView):  # type: ignore[misc]  # allauth has no types
    pass


class AddPasskey(Change, webauthn.AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Keep the form that was refused, which allauth drops."""
        return {**super().get_context_data(), **kwargs}


class Passkeys(Page, webauthn.ListWebAuthnView):  # type: ignore[misc]  # allauth has no types
    pass


class RenamePasskey(Change, webauthn.EditWebAuthnView):  # type: ignore[misc]  # allauth has no types
    pass


class RemovePasskey(Change, webauthn.RemoveWebAuthnView):  # type: ignore[misc]  # allauth has no types
    pass


class RecoveryCodes(Page, recovery.ViewRecoveryCodesView):  # type: ignore[misc]  # allauth has no types
    pass


class NewRecoveryCodes(Change, recovery.GenerateRecoveryCodesView):  # type: ignore[misc]  # allauth has no types
    pass


class Sessions(Page, usersessions.ListUserSessionsView):  # type: ignore[misc]  # allauth has no types
    def form_valid(self, form: BaseForm) -> HttpResponseBase:
        """End all others. The event is written with them."""
        with transaction.atomic():
            others = UserSession.objects.filter(user_id=self.request.user.pk)
            count = others.exclude(session_key=self.request.session.session_key).count()
            response: HttpResponseBase = super().form_valid(form)
            _record_end(self.request, count)
        return response


@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of the person's other sessions."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    others = UserSession.objects.filter(user_id=request.user.pk).exclude(session_key=request.session.session_key)
    session = get_object_or_404(others, pk=session_id)
    with transaction.atomic():
        session.end()
        _record_end(request, 1)
    messages.success(request, "That session is signed out.")
    return redirect("usersessions_list")


def _record_end(request: HttpRequest, count: int) -> None:
    if count and request.user.is_authenticated:
        record_own(Event.END_USER_SESSIONS, user=request.user, origin=origin_of(request), count=count)
