"""`POST /api/v1/admin/bootstrap`."""

from typing import Any

from django.core.validators import EmailValidator
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identities.api import examples
from identities.services.bootstrap import SetUp, bootstrap
from wire.fields import Body, Text
from wire.origin import origin_of
from wire.schema import operation
from wire.views import PublicViewSet


class Email(Text):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        self.validators.append(EmailValidator("Invalid email", "invalid_string"))


class Bootstrap(Body):
    email = Email()
    password = Text(min_length=1, max_length=1024, trim_whitespace=False)
    organization = Text(source="organization_name", min_length=1, max_length=64)


class OperatorShape(serializers.Serializer[Any]):
    """The person who runs the instance, in the contract's words."""

    id = serializers.UUIDField()
    username = serializers.CharField(source="email")
    email = serializers.CharField()
    firstName = serializers.CharField(source="first_name")
    lastName = serializers.CharField(source="last_name")
    superAdmin = serializers.BooleanField(source="is_superuser")
    isAccepted = serializers.BooleanField(default=True)
    isEmailVerified = serializers.BooleanField(default=True)
    isGhost = serializers.BooleanField(default=False)
    authMethods = serializers.ListField(child=serializers.CharField(), default=["email"])
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")


class OrganizationShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    customerId = serializers.CharField(allow_null=True, default=None)
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")


class CredentialsShape(serializers.Serializer[Any]):
    token = serializers.CharField()


class AdminIdentityShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    orgId = serializers.UUIDField(source="organization_id")
    hasDeleteProtection = serializers.BooleanField(source="has_delete_protection")
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")
    credentials = CredentialsShape(required=False)


class SetUpShape(serializers.Serializer[Any]):
    message = serializers.CharField()
    user = OperatorShape()
    organization = OrganizationShape()
    identity = AdminIdentityShape()


def set_up_shape(made: SetUp) -> dict[str, Any]:
    credentials = {"token": made.issued.text}
    return {
        "message": "Successfully bootstrapped instance",
        "user": OperatorShape(made.user).data,
        "organization": OrganizationShape(made.organization).data,
        "identity": {**AdminIdentityShape(made.identity).data, "credentials": credentials},
    }


class BootstrapViewSet(PublicViewSet):
    """The first call that an instance answers, once."""

    @operation(
        "Set up an empty instance: its operator, its organization and a token of an admin identity",
        ["Setup"],
        SetUpShape,
        body=Bootstrap,
        public=True,
        examples=examples.BOOTSTRAP,
    )
    def create(self, request: Request) -> Response:
        given = self.body(request, Bootstrap)
        return Response(set_up_shape(bootstrap(**given, origin=origin_of(request))))
