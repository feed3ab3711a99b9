"""Token auth of an identity over HTTP, and the tokens made with it."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identities.api.auth_methods import Attach, AuthMethodShape
from identities.api.login import IssuedShape
from identities.models import AccessToken, TokenAuth
from identities.services import token_auth
from organizations.access import caller
from wire.fields import Body, QueryNumber, Text
from wire.schema import example, operation
from wire.views import ApiViewSet

TAGS = ["Token Auth"]


class ChangeTokenAuth(Attach):
    """The same as for a new one, and what is absent stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "partial": True})


class TokenAuthEnvelope(serializers.Serializer[Any]):
    identityTokenAuth = AuthMethodShape()


def answer(auth: TokenAuth) -> Response:
    return Response({"identityTokenAuth": AuthMethodShape(auth).data})


class TokenAuthViewSet(ApiViewSet):
    """How tokens are made for an identity without a login."""

    @operation("Attach token auth to an identity", TAGS, TokenAuthEnvelope, body=Attach)
    def create(self, request: Request, identity_id: str) -> Response:
        given = self.body(request, Attach)
        return answer(token_auth.attach(caller(request), identity_id=identity_id, settings=given))

    @operation("Get the token auth of an identity", TAGS, TokenAuthEnvelope)
    def retrieve(self, request: Request, identity_id: str) -> Response:
        return answer(token_auth.get(caller(request), identity_id=identity_id))

    @operation("Change the token auth of an identity", TAGS, TokenAuthEnvelope, body=ChangeTokenAuth)
    def partial_update(self, request: Request, identity_id: str) -> Response:
        changes = self.body(request, ChangeTokenAuth)
        return answer(token_auth.update(caller(request), identity_id=identity_id, changes=changes))

    @operation("Take token auth from an identity, with its tokens", TAGS, TokenAuthEnvelope)
    def destroy(self, request: Request, identity_id: str) -> Response:
        return answer(token_auth.remove(caller(request), identity_id=identity_id))


@example(name="deployment")
class CreateToken(Body):
    """A token's name is kept to the letter, spaces around it too: the Terraform provider compares it."""

    name = Text(required=False, allow_null=True, default=None, max_length=255, trim_whitespace=False)
    organizationSlug = Text(source="organization_slug", required=False, allow_null=True, default=None)


@example(name="deployment")
class RenameToken(Body):
    name = Text(allow_null=True, max_length=255, trim_whitespace=False)


class TokenPage(Body):
    offset = QueryNumber(least=0, most=1_000_000, required=False, default=0)
    limit = QueryNumber(least=1, most=100, required=False, default=20)


class TokenShape(serializers.Serializer[Any]):
    """A token in every answer but the first: all about it, but not the token."""

    id = serializers.UUIDField()
    identityId = serializers.UUIDField(source="identity_id")
    name = serializers.CharField(allow_null=True)
    authMethod = serializers.CharField(source="auth_method")
    accessTokenTTL = serializers.IntegerField(source="ttl")
    accessTokenMaxTTL = serializers.IntegerField(source="max_ttl")
    accessTokenPeriod = serializers.IntegerField(source="period")
    accessTokenNumUses = serializers.IntegerField(source="num_uses")
    accessTokenNumUsesLimit = serializers.IntegerField(source="num_uses_limit")
    accessTokenLastUsedAt = serializers.DateTimeField(source="last_used_at", allow_null=True)
    accessTokenLastRenewedAt = serializers.DateTimeField(source="last_renewed_at", allow_null=True)
    isAccessTokenRevoked = serializers.BooleanField(source="is_revoked")
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")


class TokenEnvelope(serializers.Serializer[Any]):
    token = TokenShape()


class NewTokenEnvelope(IssuedShape):
    tokenData = TokenShape(source="token")


class TokensEnvelope(serializers.Serializer[Any]):
    tokens = TokenShape(many=True)


class RevokedEnvelope(TokenEnvelope):
    message = serializers.CharField()


def token_answer(token: AccessToken, **more: Any) -> Response:
    return Response({**more, "token": TokenShape(token).data})


class TokenViewSet(ApiViewSet):
    """Tokens that are made over the API and handed out."""

    @operation("Make a token; it is shown this once", TAGS, NewTokenEnvelope, body=CreateToken)
    def create(self, request: Request, identity_id: str) -> Response:
        given = self.body(request, CreateToken)
        issued = token_auth.create_token(caller(request), identity_id=identity_id, **given)
        return Response(NewTokenEnvelope(issued).data)

    @operation("List the tokens of an identity", TAGS, TokensEnvelope, query=TokenPage)
    def list(self, request: Request, identity_id: str) -> Response:
        page = self.query(request, TokenPage)
        found = token_auth.list_tokens(caller(request), identity_id=identity_id, **page)
        return Response({"tokens": TokenShape(found, many=True).data})

    @operation("Get a token, without the token itself", TAGS, TokenEnvelope)
    def retrieve(self, request: Request, token_id: str) -> Response:
        return token_answer(token_auth.get_token(caller(request), token_id=token_id))

    @operation("Rename a token", TAGS, TokenEnvelope, body=RenameToken)
    def partial_update(self, request: Request, token_id: str) -> Response:
        given = self.body(request, RenameToken)
        return token_answer(token_auth.rename_token(caller(request), token_id=token_id, **given))

    @operation("Revoke a token", TAGS, RevokedEnvelope)
    def revoke(self, request: Request, token_id: str) -> Response:
        token = token_auth.revoke_token(caller(request), token_id=token_id)
        return token_answer(token, message="Successfully revoked access token")
