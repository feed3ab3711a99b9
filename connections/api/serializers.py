"""The wire shapes of connections. Those of credentials derive from the fields that a provider declares."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from connections.providers import PROVIDERS
from connections.providers.base import Field, Kind, Method, Provider
from connections.rows import ConnectionView
from wire.fields import Body, HostName, NeverSet, NeverTrue, OneOf, Text, Uuid, WebAddress
from wire.schema import example

PROJECT_TYPES = ("secret-manager", "cert-manager", "kms", "ssh", "secret-scanning", "pam")
NAME_WORDS = {
    "blank": "name field must be at least 1 lowercase character",
    "max_length": "name field must be at most 64 lowercase characters",
}
NAME_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"
NAME_RULE = "name field can only contain lowercase letters, numbers, and hyphens"
INVALID_HOST = "Invalid host: give the bare name, such as git.example.com"
DESCRIPTION_WORDS = {"max_length": "Description cannot exceed 256 characters"}


class Name(Text):
    """A connection's name: its own slug form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=1, max_length=64, words=NAME_WORDS, **kwargs)
        self.validators.append(RegexValidator(NAME_PATTERN, NAME_RULE))


# What comes in


class ConnectionId(Body):
    connectionId = Uuid()


class ConnectionName(Body):
    connectionName = Text(min_length=1, words={"blank": "Connection name required"})


class InProject(Body):
    projectId = Text(required=False, help_text="A project's id; without it, the organization")


class ForProjectType(Body):
    projectType = Text(required=False, help_text="Only the apps that such a project can use")


def credential_field(declared: Field) -> serializers.Field[Any, Any, Any, Any]:
    """Return the input field of a declared credential field."""
    if declared.kind is Kind.URL:
        return WebAddress(invalid=declared.refusal, required=declared.required)
    if declared.kind is Kind.HOST:
        return HostName(invalid=INVALID_HOST, required=declared.required)
    if declared.kind is Kind.CHOICE:
        return OneOf(declared.choices, required=declared.required)
    return Text(required=declared.required, min_length=1, max_length=16_384, words={"blank": declared.refusal})


@cache
def credentials_shape(provider: Provider, method: Method) -> type[serializers.Serializer[Any]]:
    """Return the input shape of a method's credentials."""
    fields: dict[str, Any] = {declared.name: credential_field(declared) for declared in method.fields}
    needed = [declared for declared in method.fields if declared.needed_with]

    def validate(_: Any, given: dict[str, Any]) -> dict[str, Any]:
        for declared in needed:
            if declared.needed_with and not given.get(declared.name):
                name, choice = declared.needed_with
                if given.get(name) == choice:
                    raise serializers.ValidationError({declared.name: declared.refusal})
        return {name: value for name, value in given.items() if value != ""}

    return type(f"{_camel(provider.app, method.name)}Credentials", (Body,), {**fields, "validate": validate})


@cache
def create_shape(provider: Provider, method: Method) -> type[serializers.Serializer[Any]]:
    """Return the input shape of a new connection by one method."""
    words: dict[str, Any] = {"required": "Required", "null": "Expected object, received null"}
    fields = {
        "name": Name(),
        "method": OneOf([method.name]),
        "credentials": credentials_shape(provider, method)(error_messages=words),
        "description": Text(required=False, allow_null=True, max_length=256, words=DESCRIPTION_WORDS),
        "projectId": Text(source="project_id", required=False, allow_null=True),
        **unsupported_fields(provider),
    }
    return type(f"Create{_camel(provider.app, method.name)}Connection", (Body,), fields)


@cache
def update_shape(provider: Provider) -> type[serializers.Serializer[Any]]:
    """Return the input shape of a change. Credentials are checked against the stored method later."""
    fields = {
        "name": Name(required=False),
        "description": Text(required=False, allow_null=True, max_length=256, words=DESCRIPTION_WORDS),
        **unsupported_fields(provider),
    }
    return type(f"Update{_camel(provider.app)}Connection", (Body,), fields)


@cache
def update_document(provider: Provider) -> type[serializers.Serializer[Any]]:
    """Return the documented shape of a change: `update_shape` and the credentials of any method."""
    declared = {field.name: field for method in provider.methods.values() for field in method.fields}
    fields = {name: credential_field(field) for name, field in declared.items()}
    for field in fields.values():
        field.required = False
    credentials = type(f"{_camel(provider.app)}Credentials", (Body,), fields)
    name = f"Update{_camel(provider.app)}Connection"
    shape = type(name, (update_shape(provider),), {"credentials": credentials(required=False)})
    return example(name=f"{provider.app}-platform", description="Used by the platform team")(shape)


def unsupported_fields(provider: Provider) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """Return the contract's fields that no app of ours has a use for: accepted while they are idle."""
    words = f"Not supported for {provider.display_name} Connections"
    gateway = (
        Uuid(required=False, allow_null=True, source="gateway_id")
        if provider.has_gateways
        else NeverSet(words=words)
    )
    return {
        "isPlatformManagedCredentials": NeverTrue(words=words),
        "isAutoRotationEnabled": NeverTrue(words=words),
        "rotation": NeverSet(words=words),
        "gatewayId": gateway,
        "gatewayPoolId": NeverSet(words=words),
    }


def _camel(*words: str) -> str:
    return "".join(part.capitalize() for word in words for part in word.split("-"))


# What goes out


class ProjectReference(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.CharField()
    slug = serializers.CharField()


class ConnectionShape(serializers.Serializer[Any]):
    """A connection in answers: the secret parts of its credentials never are."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()
    orgId = serializers.UUIDField()
    projectId = serializers.UUIDField(allow_null=True)
    project = ProjectReference(allow_null=True)
    app = serializers.CharField()
    method = serializers.CharField()
    credentials = serializers.DictField(child=serializers.CharField())
    credentialsHash = serializers.CharField()
    isPlatformManagedCredentials = serializers.BooleanField()
    isAutoRotationEnabled = serializers.BooleanField()
    gatewayId = serializers.UUIDField(allow_null=True)
    gatewayPoolId = serializers.UUIDField(allow_null=True)
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()


class AvailableShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    app = serializers.CharField()
    orgId = serializers.UUIDField()
    projectId = serializers.UUIDField(required=False)


class OptionOfAnyApp(serializers.Serializer[Any]):
    name = serializers.CharField()
    app = serializers.CharField()
    methods = serializers.ListField(child=serializers.CharField())


OPTIONS = sorted({name for provider in PROVIDERS.values() for name in provider.options})
OptionShape = type(
    "OptionShape", (OptionOfAnyApp,), {name: serializers.CharField(required=False) for name in OPTIONS}
)


class ConnectionEnvelope(serializers.Serializer[Any]):
    appConnection = ConnectionShape()


class ConnectionsEnvelope(serializers.Serializer[Any]):
    appConnections = ConnectionShape(many=True)


class AvailableEnvelope(serializers.Serializer[Any]):
    appConnections = AvailableShape(many=True)


class OptionsEnvelope(serializers.Serializer[Any]):
    appConnectionOptions = OptionShape(many=True)


@cache
def listing_shape(provider: Provider, name: str) -> type[serializers.Serializer[Any]]:
    """Return the shape of one item of a listing."""
    listing = next(listing for listing in provider.listings if listing.name == name)
    return _shape_of(f"{_camel(provider.app, name)}Item", listing.item)


def _shape_of(name: str, example: Mapping[str, Any]) -> type[serializers.Serializer[Any]]:
    """Return the shape of objects like the example."""
    fields = {key: _field_of(f"{name}{key.capitalize()}", value) for key, value in example.items()}
    return type(name, (serializers.Serializer,), fields)


def _field_of(name: str, value: Any) -> serializers.Field[Any, Any, Any, Any]:
    if isinstance(value, Mapping):
        return _shape_of(name, value)()
    return serializers.IntegerField() if isinstance(value, int) else serializers.CharField()


@cache
def listing_query(provider: Provider, name: str) -> type[serializers.Serializer[Any]]:
    """Return the shape of a listing's query parameters."""
    listing = next(listing for listing in provider.listings if listing.name == name)
    fields = {declared.name: credential_field(declared) for declared in listing.query}
    return type(f"{_camel(provider.app, name)}Query", (Body,), fields)


@cache
def listing_envelope(provider: Provider, name: str) -> type[serializers.Serializer[Any]] | None:
    """Return the shape of a listing's answer; None where it is a bare array."""
    listing = next(listing for listing in provider.listings if listing.name == name)
    if not listing.envelope:
        return None
    fields = {listing.envelope: listing_shape(provider, name)(many=True)}
    return type(f"{_camel(provider.app, name)}Envelope", (serializers.Serializer,), fields)


def connection_shape(view: ConnectionView) -> dict[str, Any]:
    """Return a connection as ConnectionShape describes it. Written by hand: lists hold thousands."""
    project = view.project_id and {
        "id": view.project_id,
        "name": view.project_name,
        "type": view.project_type,
        "slug": view.project_slug,
    }
    return {
        "id": view.id,
        "name": view.name,
        "description": view.description,
        "version": view.version,
        "orgId": view.organization_id,
        "projectId": view.project_id,
        "project": project,
        "app": view.app,
        "method": view.method,
        "credentials": view.public,
        "credentialsHash": view.credentials_hash,
        "isPlatformManagedCredentials": False,
        "isAutoRotationEnabled": False,
        "gatewayId": None,
        "gatewayPoolId": None,
        "createdAt": view.created_at,
        "updatedAt": view.updated_at,
    }


def available_shape(view: ConnectionView) -> dict[str, Any]:
    """Return the reduced view of a connection that may be used."""
    shape = {"id": view.id, "name": view.name, "app": view.app, "orgId": view.organization_id}
    return shape | ({"projectId": view.project_id} if view.project_id else {})
