"""Signing in. Of allauth's pages those that are styled here, under its names; the rest has no address."""

from allauth.account import views
from django.urls import path, re_path

urlpatterns = [
    path("sign-in", views.login, name="account_login"),
    path("sign-in/inactive", views.account_inactive, name="account_inactive"),
    path("sign-out", views.logout, name="account_logout"),
    path("password-reset", views.password_reset, name="account_reset_password"),
    path("password-reset/sent", views.password_reset_done, name="account_reset_password_done"),
    path("password-reset/done", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password-reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
