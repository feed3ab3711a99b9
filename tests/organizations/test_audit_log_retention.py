"""How long a project's audit log is kept is set by the project's admins, within bounds."""

import pytest

from tests.clients import Api, identity_with
from tests.organizations.requests import create, read, retention

pytestmark = pytest.mark.django_db


def test_retention_is_set_and_comes_back(admin: Api) -> None:
    made = create(admin)
    answer = admin.put(retention("platform"), {"ProjectSlug": "platform", "auditLogsRetentionDays": 30})
    assert answer.status_code == 200
    assert answer.json()["message"] == "Successfully updated project's audit logs retention period"
    assert answer.json()["workspace"]["auditLogsRetentionDays"] == 30
    assert read(admin, made["id"])["auditLogsRetentionDays"] == 30


@pytest.mark.parametrize("days", [-1, 3_651, 0.5, "30", None, True, []])
def test_an_impossible_retention_is_refused(admin: Api, days: object) -> None:
    create(admin)
    refused = admin.put(retention("platform"), {"auditLogsRetentionDays": days})
    assert refused.status_code == 422
    assert [issue["path"] for issue in refused.json()["message"]] == [["auditLogsRetentionDays"]]


def test_only_a_projects_admin_sets_the_retention(admin: Api) -> None:
    made = create(admin)
    for role in ("member", "viewer"):
        weak = identity_with(role="member", project_roles={made["id"]: [role]})
        refused = weak.put(retention("platform"), {"auditLogsRetentionDays": 1})
        assert refused.status_code == 403
        assert refused.json()["message"] == "Insufficient privileges, only admins are allowed to take this action"
    assert read(admin, made["id"])["auditLogsRetentionDays"] is None
