"""Universal Auth of an identity over HTTP, and its client secrets."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identities.api import examples
from identities.api.auth_methods import (
    MOST_USES,
    TEN_YEARS,
    Attach,
    AuthMethodShape,
    TrustedIpShape,
    seconds,
    trusted_ips,
)
from identities.models import UniversalAuth
from identities.services import client_secrets, universal_auth
from organizations.access import caller
from wire.fields import Body, Flag, Text, Whole
from wire.schema import operation
from wire.views import ApiViewSet

TAGS = ["Universal Auth"]


class AttachUniversalAuth(Attach):
    clientSecretTrustedIps = trusted_ips("client_secret_trusted_ips")
    accessTokenPeriod = seconds("access_token_period", 0)
    lockoutEnabled = Flag(source="lockout_enabled", required=False, default=True)
    lockoutThreshold = Whole(least=1, most=30, source="lockout_threshold", required=False, default=3)
    lockoutDurationSeconds = Whole(
        least=30, most=86400, source="lockout_duration_seconds", required=False, default=300
    )
    lockoutCounterResetSeconds = Whole(
        least=5, most=3600, source="lockout_counter_reset_seconds", required=False, default=30
    )


class ChangeUniversalAuth(AttachUniversalAuth):
    """The same, and what is absent stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "partial": True})


class UniversalAuthShape(AuthMethodShape):
    clientId = serializers.UUIDField(source="client_id")
    clientSecretTrustedIps = TrustedIpShape(source="client_secret_trusted_ips", many=True)
    accessTokenPeriod = serializers.IntegerField(source="access_token_period")
    lockoutEnabled = serializers.BooleanField(source="lockout_enabled")
    lockoutThreshold = serializers.IntegerField(source="lockout_threshold")
    lockoutDurationSeconds = serializers.IntegerField(source="lockout_duration_seconds")
    lockoutCounterResetSeconds = serializers.IntegerField(source="lockout_counter_reset_seconds")


class UniversalAuthEnvelope(serializers.Serializer[Any]):
    identityUniversalAuth = UniversalAuthShape()


class DeletedShape(serializers.Serializer[Any]):
    deleted = serializers.IntegerField()


def answer(auth: UniversalAuth) -> Response:
    return Response({"identityUniversalAuth": UniversalAuthShape(auth).data})


class UniversalAuthViewSet(ApiViewSet):
    """How an identity logs in with a client id and a client secret."""

    @operation(
        "Attach Universal Auth to an identity",
        TAGS,
        UniversalAuthEnvelope,
        body=AttachUniversalAuth,
        examples=examples.ATTACH_UNIVERSAL_AUTH,
    )
    def create(self, request: Request, identity_id: str) -> Response:
        given = self.body(request, AttachUniversalAuth)
        return answer(universal_auth.attach(caller(request), identity_id=identity_id, settings=given))

    @operation("Get the Universal Auth of an identity", TAGS, UniversalAuthEnvelope)
    def retrieve(self, request: Request, identity_id: str) -> Response:
        return answer(universal_auth.get(caller(request), identity_id=identity_id))

    @operation("Change the Universal Auth of an identity", TAGS, UniversalAuthEnvelope, body=ChangeUniversalAuth)
    def partial_update(self, request: Request, identity_id: str) -> Response:
        changes = self.body(request, ChangeUniversalAuth)
        return answer(universal_auth.update(caller(request), identity_id=identity_id, changes=changes))

    @operation(
        "Take Universal Auth from an identity, with its client secrets and tokens", TAGS, UniversalAuthEnvelope
    )
    def destroy(self, request: Request, identity_id: str) -> Response:
        return answer(universal_auth.remove(caller(request), identity_id=identity_id))

    @operation("End the lockout of an identity", TAGS, DeletedShape)
    def clear_lockouts(self, request: Request, identity_id: str) -> Response:
        deleted = universal_auth.clear_lockouts(caller(request), identity_id=identity_id)
        return Response({"deleted": deleted})


class CreateClientSecret(Body):
    description = Text(required=False, default="", max_length=1024)
    numUsesLimit = Whole(least=0, most=MOST_USES, source="num_uses_limit", required=False, default=0)
    ttl = Whole(least=0, most=TEN_YEARS, required=False, default=0)


class ClientSecretShape(serializers.Serializer[Any]):
    """A client secret in every answer but the first: of the secret itself only four characters."""

    id = serializers.UUIDField()
    identityUAId = serializers.UUIDField(source="universal_auth_id")
    description = serializers.CharField()
    clientSecretPrefix = serializers.CharField(source="prefix")
    clientSecretTTL = serializers.IntegerField(source="ttl")
    clientSecretNumUses = serializers.IntegerField(source="num_uses")
    clientSecretNumUsesLimit = serializers.IntegerField(source="num_uses_limit")
    isClientSecretRevoked = serializers.BooleanField(source="is_revoked")
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")


class ClientSecretEnvelope(serializers.Serializer[Any]):
    clientSecretData = ClientSecretShape()


class NewClientSecretEnvelope(ClientSecretEnvelope):
    clientSecret = serializers.CharField(help_text="The secret. It is shown this once.")


class ClientSecretsEnvelope(serializers.Serializer[Any]):
    clientSecretData = ClientSecretShape(many=True)


class ClientSecretViewSet(ApiViewSet):
    """The client secrets of an identity."""

    @operation(
        "Make a client secret",
        TAGS,
        NewClientSecretEnvelope,
        body=CreateClientSecret,
        examples=examples.CREATE_CLIENT_SECRET,
    )
    def create(self, request: Request, identity_id: str) -> Response:
        given = self.body(request, CreateClientSecret)
        made = client_secrets.create(caller(request), identity_id=identity_id, **given)
        data = ClientSecretShape(made.client_secret).data
        return Response({"clientSecret": made.text, "clientSecretData": data})

    @operation("List the client secrets that are not revoked", TAGS, ClientSecretsEnvelope)
    def list(self, request: Request, identity_id: str) -> Response:
        found = client_secrets.list_active(caller(request), identity_id=identity_id)
        return Response({"clientSecretData": ClientSecretShape(found, many=True).data})

    @operation("Get a client secret, without the secret", TAGS, ClientSecretEnvelope)
    def retrieve(self, request: Request, identity_id: str, client_secret_id: str) -> Response:
        secret = client_secrets.get(caller(request), identity_id=identity_id, client_secret_id=client_secret_id)
        return Response({"clientSecretData": ClientSecretShape(secret).data})

    @operation("Revoke a client secret and the tokens issued for it", TAGS, ClientSecretEnvelope)
    def revoke(self, request: Request, identity_id: str, client_secret_id: str) -> Response:
        secret = client_secrets.revoke(caller(request), identity_id=identity_id, client_secret_id=client_secret_id)
        return Response({"clientSecretData": ClientSecretShape(secret).data})
