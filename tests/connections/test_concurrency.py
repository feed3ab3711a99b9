"""Two at once: exactly one wins, and nothing is half done."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database

from audit.models import AuditEvent
from connections import keys
from connections.models import AppConnection, DataKey
from organizations.models import Organization
from sandbox.gitlab import Sandbox
from tests.clients import Api, identity_with
from tests.connections.requests import GITLAB, body, create, project

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; return their results in order."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(index: int, call: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[index] = call()
        finally:
            database.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def api() -> Api:
    return identity_with(role="admin", name="admin")


@pytest.mark.parametrize("in_project", [False, True], ids=["in the organization", "in a project"])
def test_of_two_creates_with_one_name_one_wins(api: Api, gitlab: Sandbox, in_project: bool) -> None:
    where = {"projectId": project(api)} if in_project else {}
    given = [body(gitlab, **where) for _ in range(4)]
    answers = at_once(*(lambda one=one: api.post(GITLAB, one) for one in given))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    refused = next(answer for answer in answers if answer.status_code == 400)
    assert refused.json()["message"] == 'An App Connection with the name "platform" already exists'
    assert AppConnection.objects.count() == 1
    assert AuditEvent.objects.filter(type="create-app-connection").count() == 1


def test_of_two_renames_to_one_name_one_wins(api: Api, gitlab: Sandbox) -> None:
    ids = [create(api, gitlab, name=f"c-{number}")["id"] for number in range(2)]
    answers = at_once(*(lambda one=one: api.patch(f"{GITLAB}/{one}", {"name": "same"}) for one in ids))
    assert sorted(answer.status_code for answer in answers) == [200, 400]


def test_changes_at_once_all_count(api: Api, gitlab: Sandbox) -> None:
    path = f"{GITLAB}/{create(api, gitlab)['id']}"
    changes = [{"description": f"text {number}"} for number in range(5)] + [{"name": "renamed"}]
    answers = at_once(*(lambda change=change: api.patch(path, change) for change in changes))
    assert {answer.status_code for answer in answers} == {200}
    stored = AppConnection.objects.get()
    assert stored.name == "renamed", "no change is lost to another"
    assert stored.version == 7


def test_a_delete_during_a_change_ends_in_one_clean_state(api: Api, gitlab: Sandbox) -> None:
    path = f"{GITLAB}/{create(api, gitlab)['id']}"
    changed, deleted = at_once(lambda: api.patch(path, {"name": "renamed"}), lambda: api.delete(path))
    assert deleted.status_code == 200
    assert changed.status_code in {200, 404}
    assert not AppConnection.objects.exists()


def test_a_project_deleted_while_gitlab_is_asked_gets_no_connection(api: Api, gitlab: Sandbox) -> None:
    given = body(gitlab, projectId=project(api))
    asked = threading.Event()
    gitlab.misbehave("slow", "/api/v4/user", seconds=0.3)

    def create_slowly() -> Any:
        asked.set()
        return api.post(GITLAB, given)

    def delete_meanwhile() -> Any:
        asked.wait()
        wait_for(lambda: bool(gitlab.requests))
        return api.delete("/api/v2/workspace/platform")

    created, deleted = at_once(create_slowly, delete_meanwhile)
    assert deleted.status_code == 200
    assert created.status_code == 400
    assert created.json()["message"].startswith("Could not find project with ID ")
    assert not AppConnection.objects.exists()


def test_the_first_connections_of_an_organization_share_one_data_key(api: Api, gitlab: Sandbox) -> None:
    given = [body(gitlab, name=f"c-{number}") for number in range(4)]
    answers = at_once(*(lambda one=one: api.post(GITLAB, one) for one in given))
    assert {answer.status_code for answer in answers} == {200}
    assert DataKey.objects.count() == 1
    for stored in AppConnection.objects.all():
        assert stored.open_credentials()["accessToken"]


def test_data_keys_replaced_at_once_leave_one_current(api: Api) -> None:
    organization = Organization.objects.get().id
    at_once(*(lambda: keys.current_key(organization) for _ in range(4)))
    assert DataKey.objects.filter(is_current=True).count() == 1


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds."""
    done = threading.Event()
    for _ in range(2000):
        if condition():
            return
        done.wait(0.005)
    raise AssertionError("it never came true")
