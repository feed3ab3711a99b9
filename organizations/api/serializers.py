"""The wire shapes of projects. The contract's older word for a project is workspace."""

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from organizations.models import Project
from wire.fields import Body, Flag, OneOf, Text, Whole
from wire.schema import example

PROJECT_TYPES = ("secret-manager", "cert-manager", "kms", "ssh", "secret-scanning", "pam", "ai")
SLUG_WORDS = "Slug can only contain lowercase letters, numbers, and single hyphens or underscores between them"
SLUG_PATTERN = r"^[a-z0-9]+(?:[-_][a-z0-9]+)*\Z"
SHORTEST_NEW_SLUG = 5
NAME_WORDS = {"max_length": "Name must be 64 or fewer characters"}
TEN_YEARS = 3650


class Slug(Text):
    """A project's slug: at least five characters when it is chosen for a new project."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)
        self.validators.append(RegexValidator(SLUG_PATTERN, SLUG_WORDS))


@example(projectName="Platform", slug="platform-connections", type="secret-manager", shouldCreateDefaultEnvs=False)
class CreateProject(Body):
    projectName = Text(source="name", min_length=1, max_length=64, words=NAME_WORDS)
    projectDescription = Text(source="description", required=False, allow_null=True, default=None, max_length=1024)
    slug = Slug(required=False, default=None, min_length=SHORTEST_NEW_SLUG)
    type = OneOf(PROJECT_TYPES, source="kind", required=False, default="secret-manager")
    shouldCreateDefaultEnvs = Flag(source="with_default_environments", required=False, default=True)
    hasDeleteProtection = Flag(source="has_delete_protection", required=False, default=False)
    kmsKeyId = Text(source="kms_key_id", required=False, allow_null=True, default=None, max_length=64)
    template = OneOf(("default",), required=False, default="default")


@example(name="Platform", description="Connections of the platform team", hasDeleteProtection=True)
class UpdateProject(Body):
    name = Text(required=False, min_length=1, max_length=64, words=NAME_WORDS)
    slug = Slug(required=False, min_length=1)
    description = Text(required=False, allow_null=True, max_length=1024)
    hasDeleteProtection = Flag(source="has_delete_protection", required=False)


@example(auditLogsRetentionDays=90)
class AuditLogsRetention(Body):
    auditLogsRetentionDays = Whole(source="days", least=0, most=TEN_YEARS)


class EnvironmentShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()


class ProjectShape(serializers.Serializer[Project]):
    """A project in answers. The fields of features that this product does not have hold their idle value."""

    id = serializers.UUIDField()
    _id = serializers.UUIDField(source="id")
    name = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    type = serializers.CharField()
    defaultProduct = serializers.CharField(source="type")
    orgId = serializers.UUIDField(source="organization_id")
    environments = EnvironmentShape(many=True)
    hasDeleteProtection = serializers.BooleanField(source="has_delete_protection")
    auditLogsRetentionDays = serializers.IntegerField(source="audit_logs_retention_days", allow_null=True)
    kmsSecretManagerKeyId = serializers.CharField(source="kms_key_id", allow_null=True)
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")
    autoCapitalization = serializers.BooleanField(default=False)
    version = serializers.IntegerField(default=3)
    upgradeStatus = serializers.CharField(allow_null=True, default=None)
    pitVersionLimit = serializers.IntegerField(default=10)
    kmsCertificateKeyId = serializers.CharField(allow_null=True, default=None)
    secretSharing = serializers.BooleanField(default=False)
    showSnapshotsLegacy = serializers.BooleanField(default=False)
    secretDetectionIgnoreValues = serializers.ListField(child=serializers.CharField(), default=list)
    enforceEncryptedSecretManagerSecretMetadata = serializers.BooleanField(default=False)


class ProjectEnvelope(serializers.Serializer[Any]):
    project = ProjectShape()


class WorkspaceEnvelope(serializers.Serializer[Any]):
    workspace = ProjectShape()


class RetentionEnvelope(WorkspaceEnvelope):
    message = serializers.CharField()


class ProjectsEnvelope(serializers.Serializer[Any]):
    projects = ProjectShape(many=True)


class SubOrganizationsEnvelope(serializers.Serializer[Any]):
    organizations = serializers.ListField(child=serializers.DictField())
    totalCount = serializers.IntegerField()
