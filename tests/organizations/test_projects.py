"""A project's life as the Terraform provider leads it: create, read, update, keep its audit log, delete."""

from datetime import datetime
from typing import Any

import pytest

from audit.models import AuditEvent
from organizations.models import Project
from tests.clients import Api, identity_with
from tests.organizations.requests import (
    CREATE,
    LIST,
    by_id,
    by_slug,
    change,
    create,
    creation,
    retention,
    update,
)

pytestmark = pytest.mark.django_db


def read(api: Api, project_id: str) -> dict[str, Any]:
    answer = api.get(by_id(project_id))
    assert answer.status_code == 200, answer.content
    project: dict[str, Any] = answer.json()["workspace"]
    return project


def without_times(project: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in project.items() if key not in {"createdAt", "updatedAt"}}


# Create


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


SLUG_WORDS = "Slug can only contain lowercase letters, numbers, and single hyphens or underscores between them"


@pytest.mark.parametrize(
    ("slug", "message"),
    [
        ("four", "String must contain at least 5 character(s)"),
        ("a" * 65, "String must contain at most 64 character(s)"),
        ("Platform", SLUG_WORDS),
        ("plat form", SLUG_WORDS),
        ("-platform", SLUG_WORDS),
        ("platform-", SLUG_WORDS),
        ("plat--form", SLUG_WORDS),
        ("plat.form", SLUG_WORDS),
        ("plät-form", SLUG_WORDS),
        ("platform\nx", SLUG_WORDS),
        ("../../platform", SLUG_WORDS),
        ("platform٣", SLUG_WORDS),
    ],
)
def test_a_slug_that_is_none_is_refused(admin: Api, slug: str, message: str) -> None:
    refused = admin.post(CREATE, {**creation("platform"), "slug": slug})
    assert refused.status_code == 422
    assert [(issue["path"], issue["message"]) for issue in refused.json()["message"]] == [(["slug"], message)]


@pytest.mark.parametrize("slug", ["abcde", "a" * 64, "a-b_c", "12345", "a1-2b"])
def test_a_slug_at_its_limits_is_kept(admin: Api, slug: str) -> None:
    assert create(admin, slug)["slug"] == slug


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("projectName", "", "String must contain at least 1 character(s)"),
        ("projectName", "   ", "String must contain at least 1 character(s)"),
        ("projectName", "a" * 65, "Name must be 64 or fewer characters"),
        ("projectDescription", "a" * 1_025, "String must contain at most 1024 character(s)"),
        ("hasDeleteProtection", "true", "Expected boolean, received string"),
        ("shouldCreateDefaultEnvs", 1, "Expected boolean, received number"),
    ],
)
def test_what_cannot_be_is_named(admin: Api, key: str, value: object, message: str) -> None:
    refused = admin.post(CREATE, creation("platform", **{key: value}))
    assert refused.status_code == 422
    assert [(issue["path"], issue["message"]) for issue in refused.json()["message"]] == [([key], message)]


@pytest.mark.parametrize("kind", ["", "vault", "Secret-Manager", None, 7])
def test_a_type_that_nobody_knows_is_refused(admin: Api, kind: object) -> None:
    assert admin.post(CREATE, creation("platform", type=kind)).status_code == 422
    assert not Project.objects.exists()


def test_a_slug_that_is_taken_is_refused_and_named(admin: Api) -> None:
    create(admin)
    refused = admin.post(CREATE, creation("platform"))
    assert (refused.status_code, refused.json()["error"]) == (400, "BadRequest")
    assert refused.json()["message"] == (
        'A project with the slug "platform" already exists in your organization. '
        "Please choose a different name or slug."
    )
    assert AuditEvent.objects.filter(type="create-project").count() == 1


# Update


def test_an_update_changes_all_that_it_names(admin: Api) -> None:
    made = create(admin)
    given = {"slug": "renamed", "name": "Renamed", "description": "New", "hasDeleteProtection": True}
    answer = admin.patch(change(made["id"]), update(made, **given))
    assert answer.status_code == 200
    changed = read(admin, made["id"])
    assert {key: changed[key] for key in given} == given
    assert without_times(answer.json()["project"]) == without_times(changed)
    assert without_times(changed) == {**without_times(made), **given}
    assert changed["createdAt"] == made["createdAt"]
    assert changed["updatedAt"] > made["updatedAt"]


def test_an_empty_description_clears_it(admin: Api) -> None:
    made = create(admin, projectDescription="Something")
    admin.patch(change(made["id"]), update(made, description=""))
    assert read(admin, made["id"])["description"] is None


@pytest.mark.parametrize("body", [{}, {"App": 1}, {"projectId": "x"}])
def test_what_is_not_named_stays(admin: Api, body: dict[str, Any]) -> None:
    made = create(admin, projectDescription="Something")
    assert admin.patch(change(made["id"]), body).status_code == 200
    assert without_times(read(admin, made["id"])) == without_times(made)


def test_the_slug_of_another_project_cannot_be_taken(admin: Api) -> None:
    create(admin, "first-one")
    second = create(admin, "second-one")
    refused = admin.patch(change(second["id"]), update(second, slug="first-one"))
    assert refused.status_code == 400
    assert refused.json()["message"] == (
        'Failed to update project. A project with the slug "first-one" already exists in your organization. '
        "Please choose a different slug."
    )
    assert read(admin, second["id"]) == second


def test_a_project_may_keep_its_own_slug(admin: Api) -> None:
    made = create(admin)
    assert admin.patch(change(made["id"]), update(made)).status_code == 200


def test_the_type_cannot_be_changed(admin: Api) -> None:
    made = create(admin)
    admin.patch(change(made["id"]), update(made, type="kms", id="x", orgId="y", kmsKeyId="z", environments=[]))
    assert without_times(read(admin, made["id"])) == without_times(made)


def test_an_update_is_recorded_with_the_names_of_what_changed(admin: Api) -> None:
    made = create(admin)
    admin.patch(change(made["id"]), {"name": "Renamed"})
    assert AuditEvent.objects.get(type="update-project").metadata == {"changed": ["name"]}


# How long the audit log is kept


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


# Delete


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


# Data sources


def test_the_data_source_by_slug_is_flat(admin: Api) -> None:
    made = create(admin)
    assert admin.get(by_slug("platform")).json() == made


def test_the_list_holds_the_callers_own_projects_by_name(admin: Api) -> None:
    for slug in ("zebra", "apple", "mango"):
        create(admin, slug)
    other = identity_with(role="admin")
    create(other, "others")
    listed = admin.get(LIST).json()["projects"]
    assert [project["slug"] for project in listed] == ["apple", "mango", "zebra"]
    assert listed[0] == admin.get(by_slug("apple")).json()
    assert [project["slug"] for project in other.get(LIST).json()["projects"]] == ["others"]


def test_there_are_no_organizations_inside_organizations(admin: Api) -> None:
    answer = admin.get("/api/v1/sub-organizations", {"limit": "1000", "offset": "0"})
    assert answer.json() == {"organizations": [], "totalCount": 0}
