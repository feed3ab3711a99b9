"""Machine identities as members of projects, over HTTP."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identities.api import examples
from identities.services import memberships
from identities.services.memberships import ProjectMember
from organizations.access import caller
from organizations.project_roles import Given
from wire.fields import Body, Flag, Moment, OneOf, QueryNumber, Text, listed
from wire.schema import example, operation
from wire.views import ApiViewSet

TAGS = ["Project memberships of identities"]
MOST_ROLES = 32


def noise(words: str) -> serializers.JSONField:
    """Return a field that may hold anything, since it counts only in a temporary role."""
    return serializers.JSONField(required=False, allow_null=True, default=None, help_text=words)


class GivenRole(Body):
    """A role, permanent or temporary. Of a permanent one the temporary fields are noise: clients send them."""

    role = Text(min_length=1, max_length=64)
    isTemporary = Flag(required=False, default=False)
    temporaryMode = noise("`relative`")
    temporaryRange = noise("such as `30m`, `1h`, `2d`")
    temporaryAccessStartTime = noise("RFC 3339")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["isTemporary"]:
            return {"role": attrs["role"]}
        given = {name: value for name, value in attrs.items() if value not in (None, "")}
        temporary = TemporaryRole(data=given)
        temporary.is_valid(raise_exception=True)
        return {"role": attrs["role"], "is_temporary": True, **temporary.validated_data}


class TemporaryRole(serializers.Serializer[Any]):
    temporaryMode = OneOf(("relative",), source="mode", required=False)
    temporaryRange = Text(source="temporary_range", required=False, max_length=16)
    temporaryAccessStartTime = Moment(source="starts_at", required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in attrs.items() if name != "mode"}


class AddMember(Body):
    """The roles of a new member; `role` is the older way to give one."""

    roles = listed(GivenRole(), required=False, max_length=MOST_ROLES)
    role = Text(required=False, default="no-access", min_length=1, max_length=64)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"roles": given_roles(attrs.get("roles") or [{"role": attrs["role"]}])}


@example(roles=[{"role": "viewer"}])
class ChangeMember(Body):
    roles = listed(GivenRole(), least=1, max_length=MOST_ROLES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"roles": given_roles(attrs["roles"])}


def given_roles(roles: Sequence[dict[str, Any]]) -> list[Given]:
    return [Given(**role) for role in roles]


class MembersQuery(Body):
    offset = QueryNumber(least=0, most=1_000_000, required=False, default=0)
    limit = QueryNumber(least=1, most=20_000, required=False, default=100)
    orderBy = OneOf(("name",), source="order_by", required=False, default="name")
    orderDirection = OneOf(("asc", "desc"), source="direction", required=False, default="asc")
    search = Text(required=False, default="", max_length=255)


class RoleShape(serializers.Serializer[Any]):
    """A role of a member. There are no custom roles."""

    id = serializers.UUIDField()
    role = serializers.CharField()
    projectMembershipId = serializers.UUIDField(source="membership_id")
    customRoleId = serializers.UUIDField(allow_null=True, default=None)
    customRoleName = serializers.CharField(allow_null=True, default=None)
    customRoleSlug = serializers.CharField(allow_null=True, default=None)
    isTemporary = serializers.SerializerMethodField()
    temporaryMode = serializers.CharField(source="temporary_mode", allow_null=True)
    temporaryRange = serializers.CharField(source="temporary_range", allow_null=True)
    temporaryAccessStartTime = serializers.DateTimeField(source="starts_at", allow_null=True)
    temporaryAccessEndTime = serializers.DateTimeField(source="ends_at", allow_null=True)
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")

    def get_isTemporary(self, role: Any) -> bool:  # noqa: N802  # the wire name
        return role.temporary_mode is not None


class MemberIdentityShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    authMethods = serializers.ListField(source="auth_methods", child=serializers.CharField())
    hasDeleteProtection = serializers.BooleanField(source="has_delete_protection")


class MemberProjectShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.CharField()


class MembershipRowShape(serializers.Serializer[Any]):
    """A membership without its roles."""

    id = serializers.UUIDField(source="membership.id")
    identityId = serializers.UUIDField(source="identity.id")
    projectId = serializers.UUIDField(source="membership.project_id")
    createdAt = serializers.DateTimeField(source="membership.created_at")
    updatedAt = serializers.DateTimeField(source="membership.updated_at")


class MembershipShape(MembershipRowShape):
    roles = RoleShape(source="membership.roles.all", many=True)
    identity = MemberIdentityShape()
    project = MemberProjectShape(source="membership.project")


class MembershipRowEnvelope(serializers.Serializer[Any]):
    identityMembership = MembershipRowShape()


class MembershipEnvelope(serializers.Serializer[Any]):
    identityMembership = MembershipShape()


class RolesEnvelope(serializers.Serializer[Any]):
    roles = RoleShape(many=True)


class MembershipsEnvelope(serializers.Serializer[Any]):
    identityMemberships = MembershipShape(many=True)


class MembershipPageEnvelope(MembershipsEnvelope):
    totalCount = serializers.IntegerField()


def row_answer(member: ProjectMember) -> Response:
    return Response({"identityMembership": MembershipRowShape(member).data})


def answer(member: ProjectMember) -> Response:
    return Response({"identityMembership": MembershipShape(member).data})


class MembershipViewSet(ApiViewSet):
    """Which identities are members of a project, and with which roles."""

    @operation(
        "Make an identity a member of a project",
        TAGS,
        MembershipRowEnvelope,
        body=AddMember,
        examples=examples.ADD_MEMBER,
    )
    def create(self, request: Request, project_id: str, identity_id: str) -> Response:
        given = self.body(request, AddMember)
        member = memberships.add(caller(request), project_id=project_id, identity_id=identity_id, **given)
        return row_answer(member)

    @operation("Get the membership of an identity", TAGS, MembershipEnvelope)
    def retrieve(self, request: Request, project_id: str, identity_id: str) -> Response:
        return answer(memberships.get(caller(request), project_id=project_id, identity_id=identity_id))

    @operation("Get a membership by its id", TAGS, MembershipEnvelope, operation_id="get_identity_membership_by_id")
    def retrieve_by_id(self, request: Request, membership_id: str) -> Response:
        return answer(memberships.get_by_id(caller(request), membership_id=membership_id))

    @operation("List the identities of a project", TAGS, MembershipPageEnvelope, query=MembersQuery)
    def list(self, request: Request, project_id: str) -> Response:
        given = self.query(request, MembersQuery)
        descending = given.pop("direction") == "desc"
        members, count = memberships.list_members(
            caller(request), project_id=project_id, descending=descending, **given
        )
        shapes = MembershipShape(members, many=True).data
        return Response({"identityMemberships": shapes, "totalCount": count})

    @operation("List the projects that an identity is a member of", TAGS, MembershipsEnvelope)
    def list_of_identity(self, request: Request, identity_id: str) -> Response:
        members = memberships.of_identity(caller(request), identity_id=identity_id)
        return Response({"identityMemberships": MembershipShape(members, many=True).data})

    @operation("Replace the roles of a member", TAGS, RolesEnvelope, body=ChangeMember)
    def partial_update(self, request: Request, project_id: str, identity_id: str) -> Response:
        given = self.body(request, ChangeMember)
        member = memberships.update(caller(request), project_id=project_id, identity_id=identity_id, **given)
        return Response({"roles": RoleShape(member.membership.roles.all(), many=True).data})

    @operation("Take an identity out of a project", TAGS, MembershipRowEnvelope)
    def destroy(self, request: Request, project_id: str, identity_id: str) -> Response:
        return row_answer(memberships.remove(caller(request), project_id=project_id, identity_id=identity_id))
