"""Connections over HTTP. One view set serves every app; `documented` writes its page of the OpenAPI document."""

import threading
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from connections import configured, reading, services
from connections.api import serializers as shapes
from connections.api.inputs import creation_input, update_input
from connections.providers import PROVIDERS
from connections.providers.base import Listing, Provider
from organizations.access import caller
from wire.ids import parse_uuid
from wire.renderers import json_list
from wire.validation import validated
from wire.views import ApiViewSet

# Ten thousand connections take tens of megabytes while their list is built; building many at once is no faster.
LISTS_AT_ONCE = threading.BoundedSemaphore(2)


class AllAppsViewSet(ApiViewSet):
    """What concerns connections of every app."""

    def options_of_apps(self, request: Request) -> Response:
        wanted = self.query(request, shapes.ForProjectType).get("projectType")
        providers = sorted(PROVIDERS.values(), key=lambda provider: provider.display_name)
        shown = [
            _option(provider)
            for provider in providers
            if wanted not in shapes.PROJECT_TYPES or wanted in provider.project_types
        ]
        return Response({"appConnectionOptions": shown})

    def list(self, request: Request) -> HttpResponse:
        project_id = self.query(request, shapes.InProject).get("projectId")
        found = reading.list_connections(caller(request), None, project_id=project_id)
        return _listed(map(shapes.connection_shape, found))


def _listed(shapes: Iterator[Any]) -> HttpResponse:
    """Answer a list of connections, of any length: written to bytes as they are read, while few others are.

    It goes to the server in one piece: for each further one a thread would wait until the client has read.
    """
    with LISTS_AT_ONCE:
        return HttpResponse(json_list("appConnections", shapes), content_type="application/json")


def _option(provider: Provider) -> dict[str, Any]:
    return {
        "name": provider.display_name,
        "app": provider.app,
        "methods": list(provider.methods),
        **configured.options(provider),
    }


class ConnectionViewSet(ApiViewSet):
    """The connections of one app."""

    provider: ClassVar[Provider]

    def list(self, request: Request) -> HttpResponse:
        project_id = self.query(request, shapes.InProject).get("projectId")
        found = reading.list_connections(caller(request), self.provider, project_id=project_id)
        return _listed(map(shapes.connection_shape, found))

    def available(self, request: Request) -> HttpResponse:
        project_id = self.query(request, shapes.InProject).get("projectId")
        found = reading.list_available(caller(request), self.provider, project_id=project_id)
        return _listed(map(shapes.available_shape, found))

    def retrieve(self, request: Request, connection_id: str) -> Response:
        view = reading.get(caller(request), self.provider, connection_id=_parsed_id(connection_id))
        return Response({"appConnection": shapes.connection_shape(view)})

    def retrieve_by_name(self, request: Request, name: str) -> Response:
        name = validated(shapes.ConnectionName, {"connectionName": name})["connectionName"]
        project_id = self.query(request, shapes.InProject).get("projectId")
        view = reading.get_by_name(caller(request), self.provider, name=name, project_id=project_id)
        return Response({"appConnection": shapes.connection_shape(view)})

    def create(self, request: Request) -> Response:
        given = creation_input(self.provider, request.data)
        view = services.create(caller(request), self.provider, **given)
        return Response({"appConnection": shapes.connection_shape(view)})

    def partial_update(self, request: Request, connection_id: str) -> Response:
        known_id = _parsed_id(connection_id)
        changes, credentials = update_input(self.provider, request.data)
        view = services.update(
            caller(request), self.provider, connection_id=known_id, changes=changes, credentials=credentials
        )
        return Response({"appConnection": shapes.connection_shape(view)})

    def destroy(self, request: Request, connection_id: str) -> Response:
        view = services.delete(caller(request), self.provider, connection_id=_parsed_id(connection_id))
        return Response({"appConnection": shapes.connection_shape(view)})


class ListingViewSet(ApiViewSet):
    """What one connection's account can list at its server: a bare array or an object, as the contract has it."""

    provider: ClassVar[Provider]
    listing: ClassVar[Listing]

    def list(self, request: Request, connection_id: str) -> Response:
        known_id = _parsed_id(connection_id)
        query = self.query(request, shapes.listing_query(self.provider, self.listing.name))
        found = reading.fetch_listing(
            caller(request), self.provider, self.listing, connection_id=known_id, query=query
        )
        return Response({self.listing.envelope: found} if self.listing.envelope else found)


def _parsed_id(text: str) -> uuid.UUID:
    """Return the id in a path; raises Invalid."""
    if found := parse_uuid(text):
        return found
    return uuid.UUID(validated(shapes.ConnectionId, {"connectionId": text})["connectionId"])
