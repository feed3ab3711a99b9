"""Two at once: exactly one wins, and nothing is lost."""

import pytest

from audit.models import AuditEvent
from connections.models import Client, ClientSecrets, Instance
from sandbox.github.applications import new_private_key
from tests.clients import Api, identity_with
from tests.connections.instances.requests import GITHUB_INSTANCES, INSTANCES, register, register_with_app
from tests.connections.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api() -> Api:
    return identity_with(role="admin", name="admin")


def test_of_two_registrations_of_one_address_one_wins(api: Api) -> None:
    given = [{"instanceUrl": url} for url in ("https://gitlab.example.com", "https://gitlab.example.com/")]
    answers = at_once(*(lambda one=one: api.post(INSTANCES, one) for one in given))
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    refused = next(answer for answer in answers if answer.status_code == 400)
    assert "https://gitlab.example.com is already registered" in refused.json()["message"]
    assert Instance.objects.count() == 1
    assert AuditEvent.objects.filter(type="create-app-connection-instance").count() == 1


def test_secrets_added_at_once_are_all_kept(api: Api) -> None:
    path = f"{INSTANCES}/{register(api, clientId='id', clientSecrets=['s-0'])['id']}"
    added = [f"s-{number}" for number in range(1, 5)]
    answers = at_once(*(lambda one=one: api.patch(path, {"addClientSecret": one}) for one in added))
    assert {answer.status_code for answer in answers} == {200}
    stored = Client.objects.get()
    assert sorted(stored.open().secrets) == ["s-0", *added]
    assert stored.secret_count == 5


def test_keys_renewed_at_once_are_all_kept(api: Api) -> None:
    keys = [new_private_key() for _ in range(2)]
    path = f"{GITHUB_INSTANCES}/{register_with_app(api, ClientSecrets(['s-0'], [keys[0]]))['id']}/clients/app"
    given = [{"addClientSecret": "s-1"}, {"addClientSecret": "s-2"}, {"privateKey": keys[1]}]
    answers = at_once(*(lambda one=one: api.patch(path, one) for one in given))
    assert {answer.status_code for answer in answers} == {200}
    held = Client.objects.get().open()
    assert sorted(held.secrets) == ["s-0", "s-1", "s-2"]
    assert held.private_keys == [keys[1], keys[0]]


def test_a_delete_during_a_change_ends_in_one_clean_state(api: Api) -> None:
    path = f"{INSTANCES}/{register(api, clientId='id', clientSecrets=['s-0'])['id']}"
    changed, deleted = at_once(lambda: api.patch(path, {"addClientSecret": "s-1"}), lambda: api.delete(path))
    assert deleted.status_code == 200
    assert changed.status_code in {200, 404}
    assert not Instance.objects.exists()
