"""Logging in with Universal Auth; renewing and revoking the token that comes of it."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identities.api import examples
from identities.services import access_tokens
from identities.services.access_tokens import Issued
from identities.services.login import login
from wire.fields import Body, Text
from wire.limits import Limit
from wire.origin import origin_of
from wire.schema import example, operation
from wire.views import PublicViewSet

TAGS = ["Login"]


class Login(Body):
    clientId = Text(source="client_id", max_length=1024)
    clientSecret = Text(source="client_secret", max_length=1024)
    organizationSlug = Text(required=False, allow_null=True, max_length=256)
    subOrganizationName = Text(required=False, allow_null=True, max_length=256)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The two names of one field: newer clients send the first."""
        newer, older = attrs.pop("organizationSlug", None), attrs.pop("subOrganizationName", None)
        return {**attrs, "organization_slug": newer or older}


@example(accessToken="the token that the login returned")
class TheToken(Body):
    accessToken = Text(source="text", max_length=8192)


class IssuedShape(serializers.Serializer[Issued]):
    """A fresh access token. Times in seconds; 0 is no limit."""

    accessToken = serializers.CharField(source="text")
    expiresIn = serializers.IntegerField(source="token.ttl")
    accessTokenMaxTTL = serializers.IntegerField(source="max_ttl")
    tokenType = serializers.CharField(default="Bearer")


class MessageShape(serializers.Serializer[Any]):
    message = serializers.CharField()


class LoginViewSet(PublicViewSet):
    """Calls that need no bearer token: what they need is in the body."""

    limit = Limit.LOGIN

    @operation("Log in with Universal Auth", TAGS, IssuedShape, body=Login, public=True, examples=examples.LOGIN)
    def universal_auth(self, request: Request) -> Response:
        issued = login(**self.body(request, Login), origin=origin_of(request))
        return Response(IssuedShape(issued).data)

    @operation("Renew an access token", TAGS, IssuedShape, body=TheToken, public=True)
    def renew(self, request: Request) -> Response:
        issued = access_tokens.renew(**self.body(request, TheToken), origin=origin_of(request))
        return Response(IssuedShape(issued).data)

    @operation("Revoke an access token", TAGS, MessageShape, body=TheToken, public=True)
    def revoke(self, request: Request) -> Response:
        access_tokens.revoke(**self.body(request, TheToken), origin=origin_of(request))
        return Response({"message": "Successfully revoked access token"})
