from typing import Any

from django.urls import path

from identities.api.bootstrap import BootstrapViewSet as Bootstrap
from identities.api.identities import IdentityViewSet as Identities
from identities.api.login import LoginViewSet as Login
from identities.api.memberships import MembershipViewSet as Memberships
from identities.api.token_auth import TokenAuthViewSet as TokenAuth
from identities.api.token_auth import TokenViewSet as Tokens
from identities.api.universal_auth import ClientSecretViewSet as ClientSecrets
from identities.api.universal_auth import UniversalAuthViewSet as UniversalAuth

IDENTITY = "v1/identities/<str:identity_id>"
UNIVERSAL_AUTH = "v1/auth/universal-auth/identities/<str:identity_id>"
CLIENT_SECRET = f"{UNIVERSAL_AUTH}/client-secrets/<str:client_secret_id>"
TOKEN_AUTH = "v1/auth/token-auth/identities/<str:identity_id>"  # noqa: S105  # an address
TOKEN = "v1/auth/token-auth/tokens/<str:token_id>"  # noqa: S105  # an address
MEMBERS = "v2/workspace/<str:project_id>/identity-memberships"

DETAIL: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
SETTINGS: dict[str, Any] = {**DETAIL, "post": "create"}

urlpatterns = [
    path("v1/admin/bootstrap", Bootstrap.as_view({"post": "create"})),
    path("v1/auth/universal-auth/login", Login.as_view({"post": "universal_auth"})),
    path("v1/auth/token/renew", Login.as_view({"post": "renew"})),
    path("v1/auth/token/revoke", Login.as_view({"post": "revoke"})),
    path("v1/identities", Identities.as_view({"get": "list", "post": "create"})),
    path("v1/identities/details", Identities.as_view({"get": "details"})),
    path("v1/identities/search", Identities.as_view({"post": "search"})),
    path(IDENTITY, Identities.as_view(DETAIL)),
    path(f"{IDENTITY}/identity-memberships", Memberships.as_view({"get": "list_of_identity"})),
    path(UNIVERSAL_AUTH, UniversalAuth.as_view(SETTINGS)),
    path(f"{UNIVERSAL_AUTH}/clear-lockouts", UniversalAuth.as_view({"post": "clear_lockouts"})),
    path(f"{UNIVERSAL_AUTH}/client-secrets", ClientSecrets.as_view({"get": "list", "post": "create"})),
    path(CLIENT_SECRET, ClientSecrets.as_view({"get": "retrieve"})),
    path(f"{CLIENT_SECRET}/revoke", ClientSecrets.as_view({"post": "revoke"})),
    path(TOKEN_AUTH, TokenAuth.as_view(SETTINGS)),
    path(f"{TOKEN_AUTH}/tokens", Tokens.as_view({"get": "list", "post": "create"})),
    path(TOKEN, Tokens.as_view({"get": "retrieve", "patch": "partial_update"})),
    path(f"{TOKEN}/revoke", Tokens.as_view({"post": "revoke"})),
    path("v2/workspace/identity-memberships/<str:membership_id>", Memberships.as_view({"get": "retrieve_by_id"})),
    path(MEMBERS, Memberships.as_view({"get": "list"})),
    path(f"{MEMBERS}/<str:identity_id>", Memberships.as_view(SETTINGS)),
    path("v1/projects/<str:project_id>/memberships/identities/<str:identity_id>", Memberships.as_view(SETTINGS)),
]
