"""The operator's view of machine identities. Digests of client secrets are not shown."""

from django.contrib import admin

from identities.models import AccessToken, ClientSecret, Identity, UniversalAuth
from wire.admin import ShownOnly


@admin.register(Identity)
class IdentityAdmin(ShownOnly):
    fields = (
        "id",
        "organization",
        "name",
        "has_delete_protection",
        "last_login_method",
        "last_login_at",
        "created_at",
    )
    list_display = ("name", "organization", "last_login_method", "last_login_at", "created_at")
    list_select_related = ("organization",)
    search_fields = ("name",)


@admin.register(UniversalAuth)
class UniversalAuthAdmin(ShownOnly):
    fields = ("identity", "client_id", "access_token_ttl", "access_token_max_ttl", "lockout_enabled", "created_at")
    list_display = ("identity", "client_id", "created_at")
    list_select_related = ("identity",)
    search_fields = ("identity__name",)


@admin.register(ClientSecret)
class ClientSecretAdmin(ShownOnly):
    fields = ("id", "universal_auth", "description", "prefix", "ttl", "num_uses", "is_revoked", "created_at")
    list_display = ("prefix", "description", "num_uses", "is_revoked", "created_at")


@admin.register(AccessToken)
class AccessTokenAdmin(ShownOnly):
    fields = ("id", "identity", "name", "ttl", "num_uses", "is_revoked", "last_used_at", "created_at")
    list_display = ("id", "identity", "name", "is_revoked", "last_used_at", "created_at")
    list_select_related = ("identity",)
