"""Who may see and who may register instances: 404 outside one's organization, 403 inside but too weak."""

from collections.abc import Callable
from typing import Any

import pytest

from connections.models import Client, Instance
from tests.clients import Api, identity_with, stranger
from tests.connections.instances.requests import INSTANCES, NOBODY, register
from tests.connections.requests import project

pytestmark = pytest.mark.django_db

READS, CHANGES = "reads", "changes"
CLIENT: dict[str, Any] = {"clientId": "id-1", "clientSecrets": ["first"]}
ROLES = {"admin": {READS, CHANGES}, "member": {READS}, "no-access": set()}

Call = Callable[[Api, str], int]
OPERATIONS: dict[str, tuple[str, Call]] = {
    "list": (READS, lambda api, one: api.get(INSTANCES).status_code),
    "get": (READS, lambda api, one: api.get(f"{INSTANCES}/{one}").status_code),
    "register": (
        CHANGES,
        lambda api, one: api.post(INSTANCES, {"instanceUrl": "https://git.example.org"}).status_code,
    ),
    "change": (CHANGES, lambda api, one: api.patch(f"{INSTANCES}/{one}", {"allowPrivate": False}).status_code),
    "renew": (
        CHANGES,
        lambda api, one: api.patch(f"{INSTANCES}/{one}/clients/oauth", {"addClientSecret": "x"}).status_code,
    ),
    "delete": (CHANGES, lambda api, one: api.delete(f"{INSTANCES}/{one}").status_code),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_role_in_the_organization_allows(admin: Api, role: str, operation: str) -> None:
    one = register(admin, **CLIENT)["id"]
    kind, call = OPERATIONS[operation]
    assert call(identity_with(role=role), one) == (200 if kind in ROLES[role] else 403)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_role_in_a_project_gives_nothing(admin: Api, operation: str) -> None:
    one = register(admin, **CLIENT)["id"]
    weak = identity_with(role="no-access", project_roles={project(admin): ["admin"]})
    assert OPERATIONS[operation][1](weak, one) == 403


@pytest.mark.parametrize("operation", ["get", "change", "renew", "delete"])
def test_another_organization_gets_the_very_answer_of_an_unknown_id(admin: Api, operation: str) -> None:
    one = register(admin, **CLIENT)["id"]
    outsider = stranger()
    for instance_id in (one, NOBODY):
        path = f"{INSTANCES}/{instance_id}"
        answer = {
            "get": lambda path=path: outsider.get(path),
            "change": lambda path=path: outsider.patch(path, {"addClientSecret": "x"}),
            "renew": lambda path=path: outsider.patch(f"{path}/clients/oauth", {"addClientSecret": "x"}),
            "delete": lambda path=path: outsider.delete(path),
        }[operation]()
        assert answer.status_code == 404
        assert answer.json()["message"] == f"Could not find instance with ID {instance_id}"
    assert Instance.objects.count() == 1
    assert Client.objects.get().secret_count == 1


def test_each_organization_lists_and_registers_its_own(admin: Api) -> None:
    register(admin, "https://b.example.com")
    register(admin, "https://a.example.com")
    outsider = stranger()
    assert outsider.get(INSTANCES).json() == {"instances": []}
    register(outsider, "https://a.example.com")
    listed = [found["instanceUrl"] for found in admin.get(INSTANCES).json()["instances"]]
    assert listed == ["https://a.example.com", "https://b.example.com"]


def test_a_refusal_names_what_is_not_allowed(admin: Api) -> None:
    answer = identity_with(role="member").post(INSTANCES, {"instanceUrl": "https://a.example.com"}).json()
    assert answer["message"] == "You are not allowed to edit on app-connection-instances"


def test_an_id_that_is_none_is_said_to_be_none(admin: Api) -> None:
    answer = admin.get(f"{INSTANCES}/available")
    assert answer.status_code == 422
    assert answer.json()["message"] == [
        {"code": "invalid_string", "path": ["instanceId"], "message": "Invalid uuid"}
    ]
