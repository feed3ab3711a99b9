"""What a person sees of the connections: those they may read, with their state. Nothing is decrypted."""

import uuid

from django.db.models import QuerySet

from connections.models import AppConnection
from organizations.access import Principal
from organizations.roles import Permission


def visible(principal: Principal) -> QuerySet[AppConnection]:
    """Return the connections that the principal may read, by name: all of the organization, or of some projects."""
    found = AppConnection.objects.filter(organization_id=principal.organization_id).select_related("project")
    if Permission.CONNECTIONS_READ not in principal.permissions(None):
        projects = principal.project_roles
        found = found.filter(project_id__in=[p for p in projects if _may_read(principal, p)])
    return found.defer("sealed_credentials").order_by("name", "id")


def _may_read(principal: Principal, project_id: uuid.UUID) -> bool:
    return Permission.CONNECTIONS_READ in principal.permissions(project_id)
