"""The operator's view of connections: what they are and how they are, and nothing that is sealed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from connections.models import AppConnection, Client, Instance
from wire.admin import ShownOnly


@admin.register(AppConnection)
class AppConnectionAdmin(ShownOnly):
    fields = (
        "id",
        "organization",
        "project",
        "app",
        "method",
        "name",
        "description",
        "public",
        "account",
        "scopes",
        "expires_at",
        "details",
        "warnings",
        "status",
        "cause",
        "cure",
        "verified_at",
        "checked_at",
        "check_due_at",
        "check_failures",
        "token_expires_at",
        "refresh_failures",
        "refresh_not_before",
        "refresh_unanswered_since",
        "created_at",
        "updated_at",
    )
    list_display = ("name", "app", "method", "organization", "project", "status", "token_expires_at", "updated_at")
    list_filter = ("status", "app", "method")
    list_select_related = ("organization", "project")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("sealed_credentials")


@admin.register(Instance)
class InstanceAdmin(ShownOnly):
    fields = (
        "id",
        "organization",
        "app",
        "url",
        "ca_pem",
        "allow_private",
        "updated_at",
    )
    list_display = ("url", "app", "organization", "allow_private", "updated_at")
    list_select_related = ("organization",)
    search_fields = ("url",)


@admin.register(Client)
class ClientAdmin(ShownOnly):
    fields = ("id", "instance", "kind", "client_id", "details", "secret_count", "created_at", "updated_at")
    list_display = ("client_id", "kind", "instance", "updated_at")
    list_filter = ("kind",)
    list_select_related = ("instance",)
    search_fields = ("client_id", "instance__url")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("sealed_secrets")
