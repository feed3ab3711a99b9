"""A deleted project is gone unless it is protected, and its history stays."""

import pytest

from audit.models import AuditEvent
from tests.clients import Api
from tests.organizations.requests import by_id, by_slug, change, create, update, without_times

pytestmark = pytest.mark.django_db


def test_deleting_answers_what_it_was_and_leaves_nothing(admin: Api) -> None:
    made = create(admin)
    answer = admin.delete(by_slug("platform"))
    assert answer.status_code == 200
    assert without_times(answer.json()) == without_times(made)
    assert admin.get(by_id(made["id"])).status_code == 404
    assert admin.get(by_slug("platform")).status_code == 404
    assert admin.delete(by_slug("platform")).status_code == 404


def test_a_deleted_projects_slug_is_free_again(admin: Api) -> None:
    first = create(admin)
    admin.delete(by_slug("platform"))
    assert create(admin)["id"] != first["id"]


def test_delete_protection_protects_until_it_is_lifted(admin: Api) -> None:
    made = create(admin, hasDeleteProtection=True)
    refused = admin.delete(by_slug("platform"))
    assert (refused.status_code, refused.json()["error"]) == (403, "ForbiddenError")
    assert refused.json()["message"] == "Project delete protection is enabled"
    admin.patch(change(made["id"]), update(made, hasDeleteProtection=False))
    assert admin.delete(by_slug("platform")).status_code == 200


def test_history_outlives_the_project(admin: Api) -> None:
    made = create(admin)
    admin.delete(by_slug("platform"))
    told = AuditEvent.objects.filter(project_id=made["id"]).order_by("created_at")
    assert [event.type for event in told] == ["create-project", "delete-project"]
    assert told[1].metadata == {"name": "Platform", "slug": "platform"}
