"""One documented operation for each endpoint and app."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer

from connections.api import serializers as shapes
from connections.api.views import AllAppsViewSet, ConnectionViewSet, ListingViewSet
from connections.providers.base import Listing, Method, Provider
from wire.schema import describe, operation

TAG = "App connections"
CONNECTION_ID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"


def all_apps() -> type[AllAppsViewSet]:
    """Return the view set of all apps with its documents."""
    return describe(
        AllAppsViewSet,
        options_of_apps=operation(
            "List the apps that can be connected, with their methods",
            [TAG],
            shapes.OptionsEnvelope,
            query=shapes.ForProjectType,
            operation_id="app_connection_options",
        ),
        list=operation(
            "List connections of all apps",
            [TAG],
            shapes.ConnectionsEnvelope,
            query=shapes.InProject,
            operation_id="app_connections_list",
        ),
    )


def view_set(provider: Provider) -> type[ConnectionViewSet]:
    """Return the view set of one app with its documents."""
    app, title = provider.app, provider.display_name
    named = f"{title} connection"
    kept: type[ConnectionViewSet] = type(f"{title}ConnectionViewSet", (ConnectionViewSet,), {"provider": provider})
    tags = [f"{title} connections"]
    by_id = {"path_ids": ["connection_id"]}

    def described(action: str, summary: str, answer: Any, **more: Any) -> Any:
        return operation(summary, tags, answer, operation_id=f"{app}_connection_{action}", **more)

    one, several = shapes.ConnectionEnvelope, shapes.ConnectionsEnvelope
    return describe(
        kept,
        list=described("list", f"List {title} connections", several, query=shapes.InProject),
        available=described(
            "available",
            f"List the {title} connections that the caller may use",
            shapes.AvailableEnvelope,
            query=shapes.InProject,
        ),
        retrieve=described("get", f"Get a {named}", one, **by_id),
        retrieve_by_name=described("get_by_name", f"Get a {named} by name", one, query=shapes.InProject),
        create=described(
            "create",
            f"Create a {named}: its credentials are verified first",
            one,
            body=_one_of_methods(provider),
            examples=[_creation_example(provider, method) for method in provider.methods.values()],
        ),
        partial_update=described(
            "update",
            f"Change a {named}; new credentials are verified first and replace the old ones whole",
            one,
            body=shapes.update_document(provider),
            examples=[OpenApiExample("Rename", value={"name": f"{app}-renamed"}, request_only=True)],
            **by_id,
        ),
        destroy=described("delete", f"Delete a {named}", one, **by_id),
    )


def listing_view_set(provider: Provider, listing: Listing) -> type[ListingViewSet]:
    """Return the view set of one listing with its documents."""
    kept: type[ListingViewSet] = type(
        f"{provider.display_name}{listing.name.capitalize()}ViewSet",
        (ListingViewSet,),
        {"provider": provider, "listing": listing},
    )
    item = dict(listing.item)
    envelope = shapes.listing_envelope(provider, listing.name)
    value = {listing.envelope: [item]} if envelope else item
    example = OpenApiExample(listing.name, value=value, response_only=True, status_codes=["200"])
    return describe(
        kept,
        list=operation(
            listing.summary,
            [f"{provider.display_name} connections"],
            envelope or shapes.listing_shape(provider, listing.name)(many=True),
            query=shapes.listing_query(provider, listing.name) if listing.query else None,
            operation_id=f"{provider.app}_connection_{listing.name}",
            path_ids=["connection_id"],
            examples=[example],
        ),
    )


def _one_of_methods(provider: Provider) -> Any:
    inputs: dict[str, Any] = {
        method.name: shapes.create_shape(provider, method) for method in provider.methods.values()
    }
    if len(inputs) == 1:
        return next(iter(inputs.values()))
    return PolymorphicProxySerializer(
        component_name=f"Create{provider.display_name}Connection",
        serializers=inputs,
        resource_type_field_name="method",
    )


def _creation_example(provider: Provider, method: Method) -> OpenApiExample:
    value = {
        "name": f"{provider.app}-platform",
        "method": method.name,
        "description": "Used by the platform team",
        "credentials": {field.name: field.example for field in method.fields if field.example},
    }
    return OpenApiExample(method.display_name, value=value, request_only=True)
