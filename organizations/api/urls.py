from django.urls import path

from organizations.api.views import ProjectViewSet as Projects
from organizations.api.views import SubOrganizationViewSet as SubOrganizations

urlpatterns = [
    path("v1/projects", Projects.as_view({"get": "list"})),
    path("v1/projects/<str:project_id>", Projects.as_view({"patch": "partial_update"})),
    path("v1/workspace/<str:project_id>", Projects.as_view({"get": "retrieve"})),
    path("v1/workspace/<str:slug>/audit-logs-retention", Projects.as_view({"put": "set_audit_logs_retention"})),
    path("v2/workspace", Projects.as_view({"post": "create"})),
    path("v2/workspace/<str:slug>", Projects.as_view({"get": "retrieve_by_slug", "delete": "destroy"})),
    path("v1/sub-organizations", SubOrganizations.as_view({"get": "list"})),
]
