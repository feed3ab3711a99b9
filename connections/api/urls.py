"""The addresses of connections: the same for every provider there is."""

from django.urls import URLPattern, path

from connections.api import documents, instances
from connections.providers import PROVIDERS
from connections.providers.base import Provider

BASE = "v1/app-connections"


def _urls(provider: Provider) -> list[URLPattern]:
    base = f"{BASE}/{provider.app}"
    one = f"{base}/<str:connection_id>"
    connections = documents.view_set(provider)
    registered = instances.view_set(provider)
    return [
        path(base, connections.as_view({"get": "list", "post": "create"})),
        path(f"{base}/available", connections.as_view({"get": "available"})),
        path(f"{base}/connection-name/<str:name>", connections.as_view({"get": "retrieve_by_name"})),
        path(f"{base}/instances", registered.as_view({"get": "list", "post": "create"})),
        path(
            f"{base}/instances/<str:instance_id>",
            registered.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        ),
        path(
            f"{base}/instances/<str:instance_id>/clients/<str:kind>",
            registered.as_view({"patch": "renew_client"}),
        ),
        path(one, connections.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})),
        *(
            path(f"{one}/{listing.name}", documents.listing_view_set(provider, listing).as_view({"get": "list"}))
            for listing in provider.listings
        ),
    ]


all_apps = documents.all_apps()
urlpatterns = [
    path(BASE, all_apps.as_view({"get": "list"})),
    path(f"{BASE}/options", all_apps.as_view({"get": "options_of_apps"})),
    *(pattern for provider in PROVIDERS.values() for pattern in _urls(provider)),
]
