"""allauth's forms with our words, and with attempts counted before what is sent is looked at."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.http import HttpRequest
from fido2.webauthn import AuthenticationResponse

from organizations import sealing
from organizations.models import User
from organizations.web.attempts import count_address, count_code, count_password, count_reset
from organizations.web.second_factor import use_once

LONGEST_NAME = 64
CODE = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "size": "12"}


class OneTime(forms.PasswordInput):
    """A code that can be read while it is typed, and is not sent back when it was refused."""

    input_type = "text"


class NewPassword(ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """A new password, once: it can be shown by the browser, and pasted."""

    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Current password"
        self.fields["password1"].label = "New password"

    def clean_oldpassword(self) -> str:
        count_password(context.request, self.user.email)
        return str(super().clean_oldpassword())


class ForgottenPassword(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Who is to get a link to a new password. What makes it (`ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR`) is Django's:
    allauth's stores a row, and the time that takes would tell who has an account.
    """

    users: list[User]

    def clean_email(self) -> str:
        count_reset(context.request, self.cleaned_data["email"])
        return str(super().clean_email())

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Write to whoever has the address; for nobody the same is done, but not sent."""
        self.users = self.users or [User(email=self.cleaned_data["email"])]
        return str(super().save(request, **kwargs))


class Counted(BaseAuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """A code of the authenticator app, or a recovery code. Each is good once, and few may be tried."""

    code = forms.CharField(max_length=32, widget=OneTime(CODE))

    def clean_code(self) -> str:
        count_code(context.request, self.user)
        code = str(super().clean_code())
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not use_once(self.authenticator, code):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        return code


class Code(Counted, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second step of signing in."""


class CodeAgain(Counted, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The same for somebody who is signed in, before a sensitive change."""


class ActivateApp(ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """A first code of an authenticator app. Its secret waits in the session, sealed, until it is confirmed."""

    code = forms.CharField(max_length=32, label="Code that the app shows", widget=OneTime(CODE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        session = context.request.session
        if not self.is_bound or SECRET_SESSION_KEY not in session:
            session[SECRET_SESSION_KEY] = sealing.seal(generate_totp_secret())
        self.secret = sealing.unseal(session[SECRET_SESSION_KEY])

    def clean_code(self) -> str:
        count_code(context.request, self.user)
        return str(super().clean_code())


NAME_HINT = "To tell it from your others, such as the device's name."
# What an answer that no browser gives comes to, deep within: allauth lets it through.
MISSHAPEN = (AttributeError, KeyError, TypeError, ValueError)
NOT_ACCEPTED = "This passkey was not accepted. Try again, or use another way to sign in."


class Credential(forms.JSONField):
    """An answer of the browser as JSON, of any shape: nothing is deep in an honest one."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class Passkey(forms.Form):
    """What a passkey answered. There is nothing to guess in it: only the client address is counted."""

    credential = Credential()

    def clean_credential(self) -> Any:
        count_address(context.request)
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (forms.ValidationError, *MISSHAPEN):
            raise forms.ValidationError(NOT_ACCEPTED) from None


class PasskeySignIn(Passkey, LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Instead of e-mail address and password: the device itself has to know who holds it.

    The challenge asks for that, but the session may hold that of a second step instead, which does not.
    """

    def clean_credential(self) -> Any:
        said = self.cleaned_data["credential"]
        passkey = super().clean_credential()
        if not AuthenticationResponse.from_dict(said).response.authenticator_data.is_user_verified():
            raise forms.ValidationError(NOT_ACCEPTED)
        return passkey


class PasskeySecond(Passkey, AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """After the password."""


class PasskeyAgain(Passkey, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Before a sensitive change."""


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey. It signs in by itself; a device that cannot do that is a second factor only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            max_length=LONGEST_NAME, required=False, initial=self.initial.get("name"), help_text=NAME_HINT
        )
        self.fields["credential"] = Credential()
        passwordless = self.fields["passwordless"]
        passwordless.label = "Sign in with it alone, without a password"
        passwordless.help_text = (
            "The device then asks for its PIN, fingerprint or face. Otherwise it is a second step."
        )
        passwordless.initial = True
        self.order_fields(["name", "passwordless", "credential"])

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except (forms.ValidationError, *MISSHAPEN):
            raise forms.ValidationError(
                "The passkey was not added: the device's answer does not fit. Try again."
            ) from None


class RenamePasskey(EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    name = forms.CharField(max_length=LONGEST_NAME, help_text=NAME_HINT)
