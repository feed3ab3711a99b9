"""Instances over HTTP, at the same addresses for every app."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from connections import client_keys, instances
from connections.api import instance_shapes as shapes
from connections.errors import ClientKindNotFound
from connections.providers.base import Provider
from connections.providers.clients import ClientKind
from organizations.access import caller
from wire.ids import parse_uuid
from wire.schema import describe, operation
from wire.validation import validated
from wire.views import ApiViewSet

EMPTY = {"client_id": "", "ca_pem": ""}


class InstanceViewSet(ApiViewSet):
    """The instances of one app that the organization has registered."""

    provider: ClassVar[Provider]

    def list(self, request: Request) -> Response:
        found = instances.list_instances(caller(request), self.provider)
        return Response({"instances": [shapes.instance_shape(instance) for instance in found]})

    def create(self, request: Request) -> Response:
        given = _without_nulls(self.body(request, shapes.RegisterInstance))
        instance = instances.register(caller(request), self.provider, **given)
        return Response({"instance": shapes.instance_shape(instance)})

    def retrieve(self, request: Request, instance_id: str) -> Response:
        instance = instances.get(caller(request), self.provider, instance_id=_parsed_id(instance_id))
        return Response({"instance": shapes.instance_shape(instance)})

    def partial_update(self, request: Request, instance_id: str) -> Response:
        known_id = _parsed_id(instance_id)
        changes = _without_nulls(self.body(request, shapes.ChangeInstance))
        instance = instances.change(caller(request), self.provider, instance_id=known_id, changes=changes)
        return Response({"instance": shapes.instance_shape(instance)})

    def renew_client(self, request: Request, instance_id: str, kind: str) -> Response:
        known_id, known_kind = _parsed_id(instance_id), _known_kind(self.provider, kind)
        given = self.body(request, shapes.RenewClient)
        instance = client_keys.renew(caller(request), self.provider, known_kind, instance_id=known_id, **given)
        return Response({"instance": shapes.instance_shape(instance)})

    def destroy(self, request: Request, instance_id: str) -> Response:
        instance = instances.remove(caller(request), self.provider, instance_id=_parsed_id(instance_id))
        return Response({"instance": shapes.instance_shape(instance)})


def view_set(provider: Provider) -> type[InstanceViewSet]:
    """Return the view set of one app's instances with its documents."""
    app, title = provider.app, provider.display_name
    kept: type[InstanceViewSet] = type(f"{title}InstanceViewSet", (InstanceViewSet,), {"provider": provider})
    by_id = {"path_ids": ["instance_id"]}

    def described(action: str, summary: str, answer: Any, **more: Any) -> Any:
        return operation(summary, [f"{title} instances"], answer, operation_id=f"{app}_instance_{action}", **more)

    one = shapes.InstanceEnvelope
    return describe(
        kept,
        list=described("list", f"List the registered {title} instances", shapes.InstancesEnvelope),
        create=described(
            "register",
            f"Register a {title} instance, perhaps with an OAuth client, CA certificates and private addresses",
            one,
            body=shapes.RegisterInstance,
        ),
        retrieve=described("get", f"Get a registered {title} instance", one, **by_id),
        partial_update=described(
            "update",
            f"Change a registered {title} instance; clientSecrets replaces its secrets, addClientSecret adds one",
            one,
            body=shapes.ChangeInstance,
            examples=_EXAMPLES_OF_CHANGES,
            **by_id,
        ),
        renew_client=described(
            "renew_client",
            f"Renew the keys of our client of one kind at a registered {title} instance: "
            "addClientSecret adds a secret, privateKey replaces the private key of a kind that has one",
            one,
            body=shapes.RenewClient,
            **by_id,
        ),
        destroy=described("delete", f"Delete a registered {title} instance", one, **by_id),
    )


_EXAMPLES_OF_CHANGES = [
    OpenApiExample("Renew", value={"addClientSecret": "gloas-6978796a5b4c3d2e"}, request_only=True),
    OpenApiExample("Forget older", value={"clientSecrets": ["gloas-6978796a5b4c3d2e"]}, request_only=True),
    OpenApiExample("Close", value={"allowPrivate": False}, request_only=True),
]


def _without_nulls(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given with the empty value in the place of null."""
    return {name: EMPTY[name] if value is None else value for name, value in given.items()}


def _known_kind(provider: Provider, name: str) -> ClientKind:
    """Return the kind of client in a path; raises ClientKindNotFound."""
    if name not in provider.clients:
        raise ClientKindNotFound(provider.display_name, provider.clients)
    return provider.clients[name]


def _parsed_id(text: str) -> uuid.UUID:
    """Return the id in a path; raises Invalid."""
    if found := parse_uuid(text):
        return found
    return uuid.UUID(validated(shapes.InstanceId, {"instanceId": text})["instanceId"])
