"""Ten Terraform operations at the same moment: one slug is one project, and no change is lost."""

from functools import partial

import pytest

from audit.models import AuditEvent
from organizations.models import Membership, Project
from tests.clients import Api
from tests.concurrency import at_once
from tests.organizations.requests import CREATE, by_id, by_slug, change, create, creation, retention

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


@pytest.fixture
def api(several_connections: None, admin: Api) -> Api:
    return admin


def copies(api: Api, count: int) -> list[Api]:
    """Return the same caller several times, each with an HTTP client of its own."""
    return [Api(token=api.token, identity_id=api.identity_id) for _ in range(count)]


def test_of_ten_creations_with_one_slug_one_succeeds(api: Api) -> None:
    answers = at_once([partial(one.post, CREATE, creation("platform")) for one in copies(api, 10)])
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9
    refusals = [answer.json() for answer in answers if answer.status_code == 400]
    assert {refusal["error"] for refusal in refusals} == {"BadRequest"}
    assert Project.objects.count() == 1
    assert AuditEvent.objects.filter(type="create-project").count() == 1
    assert Membership.objects.filter(project__isnull=False).count() == 1


def test_ten_creations_with_ten_slugs_all_succeed(api: Api) -> None:
    bodies = [creation(f"platform-{number}") for number in range(10)]
    answers = at_once([partial(one.post, CREATE, bodies.pop()) for one in copies(api, 10)])
    assert [answer.status_code for answer in answers] == [200] * 10
    assert len(api.get("/api/v1/projects").json()["projects"]) == 10


def test_two_renamings_to_one_slug_do_not_both_succeed(api: Api) -> None:
    made = [create(api, f"platform-{number}") for number in range(5)]
    calls = [partial(one.patch, change(made.pop()["id"]), {"slug": "wanted"}) for one in copies(api, 5)]
    assert sorted(answer.status_code for answer in at_once(calls)) == [200, 400, 400, 400, 400]
    assert Project.objects.filter(slug="wanted").count() == 1


def test_changes_of_different_fields_all_stay(api: Api) -> None:
    project_id = create(api)["id"]
    one, two, three, four = copies(api, 4)
    answers = at_once(
        [
            partial(one.patch, change(project_id), {"name": "Renamed"}),
            partial(two.patch, change(project_id), {"description": "New"}),
            partial(three.patch, change(project_id), {"hasDeleteProtection": True}),
            partial(four.put, retention("platform"), {"auditLogsRetentionDays": 30}),
        ]
    )
    assert {answer.status_code for answer in answers} == {200}
    kept = api.get(by_id(project_id)).json()["workspace"]
    assert (kept["name"], kept["description"]) == ("Renamed", "New")
    assert (kept["hasDeleteProtection"], kept["auditLogsRetentionDays"]) == (True, 30)


def test_of_several_deletions_one_succeeds_and_is_recorded(api: Api) -> None:
    create(api)
    answers = at_once([partial(one.delete, by_slug("platform")) for one in copies(api, 6)])
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 5
    assert AuditEvent.objects.filter(type="delete-project").count() == 1


def test_a_change_never_brings_a_deleted_project_back(api: Api) -> None:
    for number in range(5):
        project = create(api, f"platform-{number}")
        one, other = copies(api, 2)
        deleted, changed = at_once(
            [
                partial(one.delete, by_slug(project["slug"])),
                partial(other.patch, change(project["id"]), {"name": "Risen"}),
            ]
        )
        assert deleted.status_code == 200
        assert changed.status_code in {200, 404}
        assert not Project.objects.filter(pk=project["id"]).exists()
