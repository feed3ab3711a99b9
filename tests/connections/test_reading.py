"""Reading connections by id, by name and in lists."""

import uuid

import orjson
import pytest

from audit import log
from audit.events import Event
from audit.models import AuditEvent
from connections import rows
from connections.api.serializers import connection_shape
from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import BASE, GITLAB, create, project
from wire import renderers

pytestmark = pytest.mark.django_db

NOBODY = "3c90c3cc-0d44-4b50-8888-8dd25736052a"


def names(api: Api, path: str, **query: str) -> list[str]:
    response = api.get(path, query)
    assert response.status_code == 200, response.content
    return [connection["name"] for connection in response.json()["appConnections"]]


def test_an_unknown_id_is_not_found(admin: Api) -> None:
    answer = admin.get(f"{GITLAB}/{NOBODY}")
    assert answer.status_code == 404
    assert answer.json()["message"] == f"Could not find App Connection with ID {NOBODY}"


def test_an_id_that_is_no_uuid_is_invalid(admin: Api) -> None:
    answer = admin.get(f"{GITLAB}/nonsense")
    assert answer.status_code == 422
    assert answer.json()["message"] == [
        {"code": "invalid_string", "path": ["connectionId"], "message": "Invalid uuid"}
    ]


def test_by_name_is_within_its_scope(admin: Api, gitlab: Sandbox) -> None:
    own = create(admin, gitlab)
    project_id = project(admin)
    of_project = create(admin, gitlab, projectId=project_id)
    by_name = f"{GITLAB}/connection-name/platform"
    assert admin.get(by_name).json()["appConnection"] == own
    assert admin.get(by_name, {"projectId": project_id}).json()["appConnection"] == of_project


@pytest.mark.parametrize(
    ("query", "scope"),
    [({}, "organization"), ({"projectId": NOBODY}, "project"), ({"projectId": "nonsense"}, "project")],
)
def test_an_unknown_name_is_not_found_in_its_scope(admin: Api, query: dict[str, str], scope: str) -> None:
    answer = admin.get(f"{GITLAB}/connection-name/nobody", query)
    assert answer.status_code == 404
    assert answer.json()["message"] == f"Could not find App Connection with name nobody in {scope} scope."


def test_a_blank_name_is_invalid(admin: Api) -> None:
    answer = admin.get(f"{GITLAB}/connection-name/%20")
    assert answer.status_code == 422
    assert answer.json()["message"] == [
        {"code": "too_small", "path": ["connectionName"], "message": "Connection name required"}
    ]


def test_lists_are_sorted_by_name_and_hold_what_the_scope_holds(admin: Api, gitlab: Sandbox) -> None:
    project_id = project(admin)
    for name in ("beta", "alpha"):
        create(admin, gitlab, name=name)
    create(admin, gitlab, name="gamma", projectId=project_id)
    for path in (BASE, GITLAB):
        assert names(admin, path) == ["alpha", "beta", "gamma"], "without a project: all of the organization"
        assert names(admin, path, projectId=project_id) == ["gamma"], "with a project: its own only"


def test_the_list_holds_whole_connections(admin: Api, gitlab: Sandbox) -> None:
    made = create(admin, gitlab, projectId=project(admin))
    assert admin.get(BASE).json() == {"appConnections": [made]}


@pytest.mark.parametrize("length", [0, 1, 4, 5])
def test_a_list_is_whole_however_it_is_cut(
    admin: Api, gitlab: Sandbox, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    made = [create(admin, gitlab, name=f"c-{number}") for number in range(length)]
    monkeypatch.setattr(rows, "AT_ONCE", 2)
    monkeypatch.setattr(renderers, "AT_ONCE", 2)
    assert admin.get(BASE).json() == {"appConnections": made}
    assert [view["id"] for view in admin.get(f"{GITLAB}/available").json()["appConnections"]] == [
        connection["id"] for connection in made
    ]
    log.buffer.flush()
    for event in (Event.GET_APP_CONNECTIONS, Event.GET_AVAILABLE_APP_CONNECTIONS):
        noted = AuditEvent.objects.get(type=event).metadata
        assert noted["count"] == length
        assert noted["connectionIds"] == [connection["id"] for connection in made]


def test_an_unknown_project_has_no_list(admin: Api) -> None:
    answer = admin.get(GITLAB, {"projectId": NOBODY})
    assert answer.status_code == 404
    assert answer.json()["message"] == f"Could not find project with ID {NOBODY}"


def test_available_shows_little_and_merges_organization_and_project(admin: Api, gitlab: Sandbox) -> None:
    project_id = project(admin)
    own = create(admin, gitlab, name="zeta")
    of_project = create(admin, gitlab, name="eta", projectId=project_id)
    create(admin, gitlab, name="other", projectId=project(admin, "other-project"))

    assert admin.get(f"{GITLAB}/available").json() == {
        "appConnections": [{"id": own["id"], "name": "zeta", "app": "gitlab", "orgId": own["orgId"]}]
    }
    merged = admin.get(f"{GITLAB}/available", {"projectId": project_id}).json()["appConnections"]
    assert [connection["id"] for connection in merged] == [of_project["id"], own["id"]]
    assert merged[0]["projectId"] == project_id


def test_available_in_an_unknown_project_is_a_bad_request(admin: Api) -> None:
    answer = admin.get(f"{GITLAB}/available", {"projectId": NOBODY})
    assert answer.status_code == 400
    assert answer.json()["message"] == f"Could not find project with ID {NOBODY}"


def test_options_name_every_app_with_its_methods(admin: Api) -> None:
    options = admin.get(f"{BASE}/options").json()
    assert options == {
        "appConnectionOptions": [
            {"name": "GitHub", "app": "github", "methods": ["github-app", "oauth", "pat"]},
            {"name": "GitLab", "app": "gitlab", "methods": ["oauth", "access-token"]},
        ]
    }


@pytest.mark.parametrize(
    ("project_type", "shown"),
    [
        ("secret-manager", ["github", "gitlab"]),
        ("secret-scanning", ["gitlab"]),
        ("cert-manager", []),
        ("kms", []),
        ("ssh", []),
        ("pam", []),
        ("something-newer", ["github", "gitlab"]),
    ],
)
def test_options_can_be_asked_for_one_type_of_project(admin: Api, project_type: str, shown: list[str]) -> None:
    options = admin.get(f"{BASE}/options", {"projectType": project_type}).json()["appConnectionOptions"]
    assert [option["app"] for option in options] == shown


def test_a_list_is_written_as_the_models_are(admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab, name="own", description='a "quoted" \\ line\nand \u00fc')
    create(admin, gitlab, name="of-project", projectId=project(admin))
    stored = AppConnection.objects.select_related("project").order_by("name")
    shapes = [connection_shape(rows.view_of(connection)) for connection in stored]
    assert admin.get(BASE).content == orjson.dumps({"appConnections": shapes})


def test_the_written_select_gives_what_the_models_give(admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab, name="own", description="")
    create(admin, gitlab, name="of-project", projectId=project(admin))
    for connection in AppConnection.objects.select_related("project"):
        expected = rows.view_of(connection)
        assert rows.by_id(connection.id) == expected
        assert rows.by_name(connection.organization_id, connection.project_id, connection.name) == expected
        assert expected in rows.of_organization(connection.organization_id)
    assert rows.by_id(uuid.uuid4()) is None
