"""The audit log's one table."""

import uuid
from collections.abc import Iterable
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

NEWEST_FIRST = ("-created_at", "-id")


class AppendOnly(models.QuerySet["AuditEvent"]):
    """A query set that can add and read, and nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        raise TypeError("audit events are never changed")

    def delete(self) -> NoReturn:
        raise TypeError("audit events are never deleted")

    def bulk_create(self, objs: Iterable["AuditEvent"], *args: Any, **kwargs: Any) -> list["AuditEvent"]:
        if kwargs.get("update_conflicts"):
            raise TypeError("audit events are never changed")
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        raise TypeError("audit events are never changed")


class AuditEvent(models.Model):
    """One thing that happened. Names are copied as text, and ids are no foreign keys: history survives deletion.

    The subject is what it is about, where it is about one thing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    type = models.CharField(max_length=64)
    organization_id = models.UUIDField(null=True)
    project_id = models.UUIDField(null=True)
    actor_type = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=255)
    subject_id = models.UUIDField(null=True)
    subject_name = models.CharField(max_length=255, null=True)
    ip = models.CharField(max_length=45)
    user_agent = models.CharField(max_length=512)
    request_id = models.CharField(max_length=32)
    metadata = models.JSONField(default=dict)

    objects = AppendOnly.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", *NEWEST_FIRST], name="audit_of_organization"),
            models.Index(fields=["organization_id", "type", *NEWEST_FIRST], name="audit_of_type"),
            models.Index(
                fields=["project_id", *NEWEST_FIRST],
                condition=models.Q(project_id__isnull=False),
                name="audit_of_project",
            ),
            models.Index(
                fields=["subject_id", *NEWEST_FIRST],
                condition=models.Q(subject_id__isnull=False),
                name="audit_of_subject",
            ),
            models.Index(
                fields=["actor_id", *NEWEST_FIRST],
                condition=models.Q(actor_id__isnull=False),
                name="audit_of_actor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M:%S} {self.type} {self.actor_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("audit events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        raise TypeError("audit events are never deleted")
