"""Machine identities over HTTP."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identities.api import examples
from identities.models import Identity
from identities.services import identities
from identities.services.identities import Member
from organizations.access import caller
from wire.fields import Body, Flag, OneOf, Text, Uuid, Whole, listed
from wire.schema import example, operation
from wire.views import ApiViewSet

TAGS = ["Identities"]
MOST_METADATA = 100
MOST_OFFSET = 1_000_000


class MetadataItem(Body):
    key = Text(min_length=1, max_length=255, trim_whitespace=False)
    value = Text(min_length=1, max_length=1024, trim_whitespace=False)


def metadata(**kwargs: Any) -> serializers.ListField:
    return listed(MetadataItem(), required=False, max_length=MOST_METADATA, **kwargs)


class CreateIdentity(Body):
    name = Text(min_length=1, max_length=255)
    organizationId = Uuid(source="organization_id")
    role = Text(required=False, default="no-access", min_length=1, max_length=64)
    hasDeleteProtection = Flag(source="has_delete_protection", required=False, default=False)
    metadata = metadata(default=list)


@example(name="platform-deployer", role="member", metadata=[{"key": "team", "value": "platform"}])
class UpdateIdentity(Body):
    name = Text(required=False, min_length=1, max_length=255)
    role = Text(required=False, min_length=1, max_length=64)
    hasDeleteProtection = Flag(source="has_delete_protection", required=False)
    metadata = metadata()


class ListQuery(Body):
    orgId = Uuid(source="organization_id", required=False)


OPERATORS = {"$eq": "exact", "$contains": "icontains", "$in": "in"}
TEXT_OR_OPERATORS = {
    "oneOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {
                "$eq": {"type": "string"},
                "$contains": {"type": "string"},
                "$in": {"type": "array", "items": {"type": "string"}},
            },
        },
    ]
}


@extend_schema_field(TEXT_OR_OPERATORS)
class Match(serializers.Field[Any, Any, Any, Any]):
    """What a column must be: a text, or an object of operators that must all hold. Becomes a condition."""

    default_error_messages = {"invalid_type": "Expected a string, or an object of $eq, $contains and $in"}

    def to_internal_value(self, data: Any) -> Q:
        wanted = data if isinstance(data, dict) else {"$eq": data}
        if not wanted.keys() <= OPERATORS.keys():
            self.fail("invalid_type")
        conditions = {
            f"{self.field_name}__{OPERATORS[operator]}": self._operand(operator, value)
            for operator, value in wanted.items()
        }
        return Q(**conditions)

    def _operand(self, operator: str, value: Any) -> Any:
        text = Text(max_length=255)
        operand = listed(text, max_length=100) if operator == "$in" else text
        return operand.run_validation(value)


class Conditions(Body):
    """What is searched for. A condition that nobody knows is refused: ignoring it would find everybody."""

    name = Match(required=False)
    role = Match(required=False)

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            keys = ", ".join(f"'{key}'" for key in sorted(unknown))
            raise serializers.ValidationError({"non_field_errors": [f"Unrecognized key(s) in object: {keys}"]})
        return super().to_internal_value(data)


@example(search={"name": {"$contains": "deployer"}}, limit=20)
class Search(Body):
    search = Conditions(required=False, default=dict)
    orderBy = OneOf(("name", "role"), source="order_by", required=False, default="name")
    orderDirection = OneOf(("asc", "desc"), source="direction", required=False, default="asc")
    offset = Whole(least=0, most=MOST_OFFSET, required=False, default=0)
    limit = Whole(least=1, most=100, required=False, default=50)


class MetadataShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    key = serializers.CharField()
    value = serializers.CharField()


class IdentityShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    orgId = serializers.UUIDField(source="organization_id")
    hasDeleteProtection = serializers.BooleanField(source="has_delete_protection")
    authMethods = serializers.ListField(source="auth_methods", child=serializers.CharField())
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")


class IdentityWithMetadataShape(IdentityShape):
    metadata = MetadataShape(many=True)


class MemberShape(serializers.Serializer[Any]):
    """An identity's place in its organization, with the identity inside. There are no custom roles."""

    id = serializers.UUIDField(source="membership.id")
    role = serializers.CharField()
    roleId = serializers.UUIDField(allow_null=True, default=None)
    customRole = serializers.DictField(allow_null=True, default=None)
    orgId = serializers.UUIDField(source="identity.organization_id")
    identityId = serializers.UUIDField(source="identity.id")
    metadata = MetadataShape(source="identity.metadata", many=True)
    identity = IdentityShape()
    lastLoginAuthMethod = serializers.CharField(source="identity.last_login_method", allow_null=True)
    lastLoginTime = serializers.DateTimeField(source="identity.last_login_at", allow_null=True)
    createdAt = serializers.DateTimeField(source="membership.created_at")
    updatedAt = serializers.DateTimeField(source="membership.updated_at")


class IdentityWithLockoutsShape(IdentityShape):
    activeLockoutAuthMethods = serializers.ListField(child=serializers.CharField())


class MemberWithLockoutsShape(MemberShape):
    identity = IdentityWithLockoutsShape()


class IdentityEnvelope(serializers.Serializer[Any]):
    identity = IdentityWithMetadataShape()


class MemberEnvelope(serializers.Serializer[Any]):
    identity = MemberWithLockoutsShape()


class MembersEnvelope(serializers.Serializer[Any]):
    identities = MemberShape(many=True)
    totalCount = serializers.IntegerField()


class OwnOrganizationShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()


class DetailsShape(serializers.Serializer[Any]):
    organization = OwnOrganizationShape()


class DetailsEnvelope(serializers.Serializer[Any]):
    identityDetails = DetailsShape()


def identity_answer(identity: Identity) -> Response:
    return Response({"identity": IdentityWithMetadataShape(identity).data})


def member_answer(member: Member) -> Response:
    shape = dict(MemberShape(member).data)
    shape["identity"] = {
        **shape["identity"],
        "activeLockoutAuthMethods": identities.locked_out(member.identity),
    }
    return Response({"identity": shape})


class IdentityViewSet(ApiViewSet):
    """The machine identities of the organization that the access token belongs to."""

    @operation("Get the organization that the calling identity belongs to", TAGS, DetailsEnvelope)
    def details(self, request: Request) -> Response:
        organization = identities.organization_of(caller(request))
        return Response({"identityDetails": {"organization": OwnOrganizationShape(organization).data}})

    @operation(
        "Create an identity; it cannot log in yet",
        TAGS,
        IdentityEnvelope,
        body=CreateIdentity,
        examples=examples.CREATE_IDENTITY,
    )
    def create(self, request: Request) -> Response:
        given = self.body(request, CreateIdentity)
        return identity_answer(identities.create_identity(caller(request), **given).identity)

    @operation("List the identities of the organization", TAGS, MembersEnvelope, query=ListQuery)
    def list(self, request: Request) -> Response:
        given = self.query(request, ListQuery)
        identities.require_own_organization(caller(request), given.get("organization_id"))
        return self._members(identities.search(caller(request), Q()))

    @operation("Find identities by name and role", TAGS, MembersEnvelope, body=Search)
    def search(self, request: Request) -> Response:
        given = self.body(request, Search)
        conditions = Q(*given.pop("search").values())
        descending = given.pop("direction") == "desc"
        return self._members(identities.search(caller(request), conditions, descending=descending, **given))

    def _members(self, found: tuple[Sequence[Member], int]) -> Response:
        members, count = found
        return Response({"identities": MemberShape(members, many=True).data, "totalCount": count})

    @operation("Get an identity", TAGS, MemberEnvelope)
    def retrieve(self, request: Request, identity_id: str) -> Response:
        return member_answer(identities.get_identity(caller(request), identity_id=identity_id))

    @operation("Change an identity", TAGS, IdentityEnvelope, body=UpdateIdentity)
    def partial_update(self, request: Request, identity_id: str) -> Response:
        changes = self.body(request, UpdateIdentity)
        member = identities.update_identity(caller(request), identity_id=identity_id, changes=changes)
        return identity_answer(member.identity)

    @operation("Delete an identity with its memberships, logins and tokens", TAGS, IdentityEnvelope)
    def destroy(self, request: Request, identity_id: str) -> Response:
        return identity_answer(identities.delete_identity(caller(request), identity_id=identity_id))
