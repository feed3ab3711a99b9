"""The pages of an organization."""

from django.urls import path

from organizations.web import (
    accepting,
    audit_log,
    inviting,
    leaving,
    members,
    organization,
    project_settings,
    projects,
    switching,
)

app_name = "organizations"
urlpatterns = [
    path("invitations/<str:key>", accepting.invitation, name="invitation"),
    path("organization/audit-log", audit_log.events, name="audit-log"),
    path("organization/audit-log/export", audit_log.export, name="audit-log-export"),
    path("organization/invitations/<uuid:invitation_id>/revoke", inviting.revoke, name="invitation-revoke"),
    path("organization/invitations/<uuid:invitation_id>/send", inviting.send_again, name="invitation-send"),
    path("organization/leave", leaving.leave, name="leave"),
    path("organization/members", members.members, name="members"),
    path("organization/members/<uuid:membership_id>/remove", leaving.remove, name="member-remove"),
    path("organization/members/<uuid:membership_id>/role", members.role, name="member-role"),
    path("organization/members/invite", inviting.invite, name="invite"),
    path("organization/new", organization.new, name="new"),
    path("organization/projects", projects.listed, name="projects"),
    path("organization/projects/new", projects.new, name="project-new"),
    path("organization/projects/new/slugs", projects.slugs, name="project-slugs"),
    path("organization/projects/<uuid:project_id>/join", projects.join, name="project-join"),
    path("organization/settings", organization.settings_page, name="settings"),
    path("organization/switch", switching.switch, name="switch"),
    path("projects/<uuid:project_id>/settings/delete", project_settings.delete, name="project-delete"),
    path("projects/<uuid:project_id>/settings", project_settings.settings, name="project-settings"),
]
