"""A project is created as it is configured, by whoever may, and belongs to the caller's organization."""

from datetime import datetime
from typing import Any

import pytest

from audit.models import AuditEvent
from organizations.models import Project
from tests.clients import Api, identity_with
from tests.organizations.requests import CREATE, by_slug, change, create, creation, read, update

pytestmark = pytest.mark.django_db


def test_create_and_read_answer_the_same_project(admin: Api) -> None:
    made = create(admin, projectDescription="Of the platform team")
    assert read(admin, made["id"]) == made
    assert (made["name"], made["slug"], made["type"]) == ("Platform", "platform", "secret-manager")
    assert made["description"] == "Of the platform team"


def test_every_field_has_the_type_that_the_provider_decodes(admin: Api) -> None:
    made = create(admin)
    strings = ("id", "_id", "name", "slug", "type", "defaultProduct", "orgId", "createdAt", "updatedAt")
    assert all(isinstance(made[key], str) for key in strings)
    assert all(type(made[key]) is int for key in ("version", "pitVersionLimit"))
    flags = ("hasDeleteProtection", "autoCapitalization", "secretSharing", "showSnapshotsLegacy")
    assert all(type(made[key]) is bool for key in flags)
    nullable = ("description", "auditLogsRetentionDays", "kmsSecretManagerKeyId", "upgradeStatus")
    assert all(made[key] is None for key in nullable)
    assert made["id"] == made["_id"]
    assert (made["version"], made["pitVersionLimit"]) == (3, 10)
    for environment in made["environments"]:
        assert {type(environment[key]) for key in ("id", "name", "slug")} == {str}


def test_times_are_rfc_3339_with_an_offset(admin: Api) -> None:
    made = create(admin)
    for key in ("createdAt", "updatedAt"):
        moment = datetime.fromisoformat(made[key])
        assert moment.tzinfo is not None
        assert "T" in made[key]


@pytest.mark.parametrize(
    "given",
    [
        {"projectName": "  Ärger & Söhne <b>  "},
        {"type": "kms"},
        {"hasDeleteProtection": True},
        {"kmsKeyId": "11111111-1111-4111-8111-111111111111"},
        {"projectDescription": "a\nb — ü"},
        {"template": "default"},
    ],
    ids=lambda given: next(iter(given)),
)
def test_what_is_configured_comes_back_as_it_is(admin: Api, given: dict[str, Any]) -> None:
    made = create(admin, **given)
    shown = {
        "projectName": made["name"],
        "type": made["type"],
        "hasDeleteProtection": made["hasDeleteProtection"],
        "kmsKeyId": made["kmsSecretManagerKeyId"],
        "projectDescription": made["description"],
        "template": "default",
    }
    ((key, value),) = given.items()
    assert shown[key] == (value.strip() if isinstance(value, str) else value)


def test_default_environments_are_made_unless_refused(admin: Api) -> None:
    made = create(admin, "with-some")
    assert [each["slug"] for each in made["environments"]] == ["dev", "staging", "prod"]
    assert create(admin, "without-any", shouldCreateDefaultEnvs=False)["environments"] == []


def test_the_organization_comes_from_the_token_not_from_the_body(admin: Api) -> None:
    made = create(admin, organizationSlug="elsewhere", organizationId="11111111-1111-4111-8111-111111111111")
    assert made["orgId"] == str(Project.objects.get().organization_id)
    mine = admin.get("/api/v1/identities/details").json()["identityDetails"]["organization"]
    assert made["orgId"] == mine["id"]


def test_who_creates_a_project_becomes_its_admin() -> None:
    member = identity_with(role="member")
    made = create(member)
    assert member.patch(change(made["id"]), update(made, name="Mine")).status_code == 200
    assert member.delete(by_slug("platform")).status_code == 200


def test_no_access_may_create_nothing() -> None:
    refused = identity_with(role="no-access").post(CREATE, creation("platform"))
    assert (refused.status_code, refused.json()["error"]) == (403, "ForbiddenError")
    assert refused.json()["message"] == "You don't have permission to create a project"
    assert not Project.objects.exists()


def test_without_a_slug_one_is_made_of_the_name(admin: Api) -> None:
    made = admin.post(CREATE, {"projectName": "Ärger & Söhne"}).json()["project"]
    assert made["slug"].startswith("arger-sohne-")
    assert admin.get(by_slug(made["slug"])).json()["id"] == made["id"]


def test_two_projects_of_one_name_get_two_slugs(admin: Api) -> None:
    slugs = {admin.post(CREATE, {"projectName": "Platform"}).json()["project"]["slug"] for _ in range(5)}
    assert len(slugs) == 5


def test_creation_is_recorded(admin: Api) -> None:
    made = create(admin)
    recorded = AuditEvent.objects.get(type="create-project")
    assert str(recorded.project_id) == made["id"]
    assert str(recorded.actor_id) == admin.identity_id
    assert recorded.metadata == {"name": "Platform", "slug": "platform"}
