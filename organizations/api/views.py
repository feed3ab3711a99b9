"""Projects over HTTP, at the contract's several addresses for them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from organizations import services
from organizations.access import caller
from organizations.api import serializers as shapes
from organizations.models import Project
from organizations.roles import Permission
from wire.schema import operation
from wire.views import ApiViewSet

PROJECTS = ["Projects"]


def project_shape(project: Project) -> dict[str, Any]:
    return dict(shapes.ProjectShape(project).data)


class ProjectViewSet(ApiViewSet):
    """Projects of the organization that the access token belongs to."""

    @operation(
        "Create a project; the caller becomes its admin",
        PROJECTS,
        shapes.ProjectEnvelope,
        body=shapes.CreateProject,
    )
    def create(self, request: Request) -> Response:
        given = self.body(request, shapes.CreateProject)
        given.pop("template")
        project = services.create_project(caller(request), **given)
        return Response({"project": project_shape(project)})

    @operation("Get a project by id", PROJECTS, shapes.WorkspaceEnvelope)
    def retrieve(self, request: Request, project_id: str) -> Response:
        project = services.get_project(caller(request), Permission.PROJECTS_READ, project_id=project_id)
        return Response({"workspace": project_shape(project)})

    @operation("Get a project by slug", PROJECTS, shapes.ProjectShape)
    def retrieve_by_slug(self, request: Request, slug: str) -> Response:
        project = services.get_project_by_slug(caller(request), Permission.PROJECTS_READ, slug=slug)
        return Response(project_shape(project))

    @operation("List the projects that the caller is a member of", PROJECTS, shapes.ProjectsEnvelope)
    def list(self, request: Request) -> Response:
        projects = services.list_projects(caller(request))
        return Response({"projects": [project_shape(project) for project in projects]})

    @operation("Change a project", PROJECTS, shapes.ProjectEnvelope, body=shapes.UpdateProject)
    def partial_update(self, request: Request, project_id: str) -> Response:
        changes = self.body(request, shapes.UpdateProject)
        project = services.update_project(caller(request), project_id=project_id, changes=changes)
        return Response({"project": project_shape(project)})

    @operation(
        "Set for how long the audit log of a project is kept",
        PROJECTS,
        shapes.RetentionEnvelope,
        body=shapes.AuditLogsRetention,
    )
    def set_audit_logs_retention(self, request: Request, slug: str) -> Response:
        given = self.body(request, shapes.AuditLogsRetention)
        project = services.set_audit_logs_retention(caller(request), slug=slug, **given)
        message = "Successfully updated project's audit logs retention period"
        return Response({"message": message, "workspace": project_shape(project)})

    @operation("Delete a project with its members and connections", PROJECTS, shapes.ProjectShape)
    def destroy(self, request: Request, slug: str) -> Response:
        return Response(project_shape(services.delete_project(caller(request), slug=slug)))


class SubOrganizationViewSet(ApiViewSet):
    """This product has no organizations inside organizations."""

    @operation("List sub-organizations: there are none", ["Organizations"], shapes.SubOrganizationsEnvelope)
    def list(self, request: Request) -> Response:  # noqa: ARG002
        return Response({"organizations": [], "totalCount": 0})
