"""A project that cannot be created is refused, and the fault is named; what is just possible is kept."""

import pytest

from audit.models import AuditEvent
from organizations.models import Project
from tests.clients import Api
from tests.organizations.requests import CREATE, create, creation

pytestmark = pytest.mark.django_db
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
