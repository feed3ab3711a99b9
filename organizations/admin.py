"""The operator's view of people, organizations and projects."""

from django.contrib import admin

from organizations.models import Invitation, Membership, Organization, Project, User
from wire.admin import ShownOnly


@admin.register(User)
class UserAdmin(ShownOnly):
    fields = (
        "id",
        "email",
        "first_name",
        "last_name",
        "is_active",
        "is_staff",
        "is_superuser",
        "last_login",
        "created_at",
    )
    list_display = ("email", "is_active", "is_superuser", "last_login", "created_at")
    search_fields = ("email",)


@admin.register(Organization)
class OrganizationAdmin(ShownOnly):
    fields = ("id", "name", "slug", "created_at", "updated_at")
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")


@admin.register(Project)
class ProjectAdmin(ShownOnly):
    fields = ("id", "organization", "name", "slug", "description", "type", "has_delete_protection", "created_at")
    list_display = ("name", "slug", "organization", "type", "created_at")
    list_select_related = ("organization",)
    search_fields = ("name", "slug")


@admin.register(Membership)
class MembershipAdmin(ShownOnly):
    fields = ("id", "organization", "project", "member_type", "member_id", "created_at")
    list_display = ("member_type", "member_id", "organization", "project", "created_at")
    list_select_related = ("organization", "project")
    search_fields = ("member_id",)


@admin.register(Invitation)
class InvitationAdmin(ShownOnly):
    fields = (
        "id",
        "organization",
        "email",
        "role",
        "invited_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    )
    list_display = ("email", "organization", "role", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_select_related = ("organization",)
    search_fields = ("email",)
