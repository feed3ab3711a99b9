"""The operator's view of the audit log."""

from django.contrib import admin

from audit.models import AuditEvent
from wire.admin import ShownOnly


@admin.register(AuditEvent)
class AuditEventAdmin(ShownOnly):
    fields = (
        "created_at",
        "type",
        "organization_id",
        "project_id",
        "actor_type",
        "actor_id",
        "actor_name",
        "subject_id",
        "subject_name",
        "ip",
        "user_agent",
        "request_id",
        "metadata",
    )
    list_display = ("created_at", "type", "actor_name", "subject_name", "ip", "request_id")
    list_filter = ("type",)
    search_fields = ("actor_name", "subject_name", "request_id")
    ordering = ("-created_at",)
