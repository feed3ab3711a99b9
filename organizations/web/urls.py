"""Signing in, and one's own account. Of allauth's pages those that are styled here, under its names; the rest has
no address."""

from allauth.account import views
from django.urls import path, re_path

from organizations.web import account, single_sign_on

urlpatterns = [
    path("sign-in", account.SignIn.as_view(), name="account_login"),
    path("sign-in/inactive", views.account_inactive, name="account_inactive"),
    path("sign-in/code", account.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey", account.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("sign-in/sso", single_sign_on.start, name="single_sign_on"),
    path("sign-in/sso/callback", single_sign_on.callback, name="single_sign_on_callback"),
    path("sign-out", views.logout, name="account_logout"),
    path("password-reset", account.ForgottenPassword.as_view(), name="account_reset_password"),
    path("password-reset/sent", views.password_reset_done, name="account_reset_password_done"),
    path("password-reset/done", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password-reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        account.ResetPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("account/security", account.Security.as_view(), name="mfa_index"),
    path("account/password", account.Password.as_view(), name="account_change_password"),
    path("account/password/new", account.FirstPassword.as_view(), name="account_set_password"),
    path("account/confirm", account.Confirm.as_view(), name="account_reauthenticate"),
    path("account/confirm/code", account.ConfirmByCode.as_view(), name="mfa_reauthenticate"),
    path("account/confirm/passkey", account.ConfirmByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("account/two-factor/on", account.ActivateApp.as_view(), name="mfa_activate_totp"),
    path("account/two-factor/off", account.DeactivateApp.as_view(), name="mfa_deactivate_totp"),
    path("account/recovery-codes", account.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new", account.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("account/passkeys", account.Passkeys.as_view(), name="mfa_list_webauthn"),
    path("account/passkeys/add", account.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/rename", account.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove", account.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("account/sessions", account.Sessions.as_view(), name="usersessions_list"),
    path("account/sessions/<int:session_id>/end", account.end_session, name="end_session"),
]
