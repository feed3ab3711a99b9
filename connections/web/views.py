"""The pages of connections."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from connections.models import AppConnection
from connections.overview import visible
from connections.providers import PROVIDERS
from organizations.access import Principal
from organizations.roles import Permission
from organizations.web.people import PersonRequest, signed_in

PAGE_SIZE = 50
RECONNECT = {Permission.CONNECTIONS_EDIT, Permission.CONNECTIONS_EDIT_CREDENTIALS}


@signed_in
def home(request: PersonRequest) -> HttpResponse:
    """GET /organization/app-connections: the connections that the person may see, and what they can do."""
    principal = request.principal
    places = [None, *principal.project_roles]
    page = Paginator(visible(principal), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "connections": [(connection, _may_reconnect(principal, connection)) for connection in page],
        "providers": [provider for provider in PROVIDERS.values() if provider.has_browser_method],
        "may_create": any(Permission.CONNECTIONS_CREATE in principal.permissions(place) for place in places),
    }
    return render(request, "connections/home.html", shown)


def _may_reconnect(principal: Principal, connection: AppConnection) -> bool:
    has_grant = PROVIDERS[connection.app].methods[connection.method].oauth is not None
    return has_grant and principal.permissions(connection.project_id) >= RECONNECT
