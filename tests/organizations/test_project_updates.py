"""An update changes what it names and may be changed, leaves the rest, and is recorded."""

from typing import Any

import pytest

from audit.models import AuditEvent
from tests.clients import Api
from tests.organizations.requests import change, create, read, update, without_times

pytestmark = pytest.mark.django_db


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
