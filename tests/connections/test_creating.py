"""Creating a connection: verified first, stored sealed, shown without its secret."""

from datetime import UTC, datetime

import pytest

from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import GITLAB, body, create, project

pytestmark = pytest.mark.django_db


def on_the_wire(moment: datetime) -> str:
    """Return a moment of the database as the contract writes it: UTC, cut to the millisecond."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def test_a_connection_of_the_organization_is_answered_as_the_contract_says(admin: Api, gitlab: Sandbox) -> None:
    made = create(admin, gitlab, name="gitlab-organization", description="for all")

    stored = AppConnection.objects.get()
    assert made == {
        "id": str(stored.id),
        "name": "gitlab-organization",
        "description": "for all",
        "version": 1,
        "orgId": str(stored.organization_id),
        "projectId": None,
        "project": None,
        "app": "gitlab",
        "method": "access-token",
        "credentials": {"accessTokenType": "personal", "instanceUrl": gitlab.url},
        "credentialsHash": stored.credentials_hash,
        "isPlatformManagedCredentials": False,
        "isAutoRotationEnabled": False,
        "gatewayId": None,
        "gatewayPoolId": None,
        "createdAt": on_the_wire(stored.created_at),
        "updatedAt": on_the_wire(stored.updated_at),
    }
    assert made["createdAt"].endswith("Z")


def test_a_connection_of_a_project_names_its_project(admin: Api, gitlab: Sandbox) -> None:
    project_id = project(admin)
    made = create(admin, gitlab, projectId=project_id)
    assert made["projectId"] == project_id
    assert made["project"] == {
        "id": project_id,
        "name": "Platform",
        "type": "secret-manager",
        "slug": "platform",
    }


def test_the_token_is_sealed_and_opens_again(admin: Api, gitlab: Sandbox) -> None:
    token = gitlab.personal_token().value
    create(admin, gitlab, token=token)
    stored = AppConnection.objects.get()
    assert token not in stored.sealed_credentials
    assert stored.open_credentials()["accessToken"] == token


def test_the_answer_of_the_next_read_has_the_same_credentials_hash(admin: Api, gitlab: Sandbox) -> None:
    made = create(admin, gitlab)
    assert admin.get(f"{GITLAB}/{made['id']}").json()["appConnection"] == made


def test_the_terraform_provider_may_send_keys_that_nobody_knows(admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab, App="gitlab", ID="1", whatever={"deep": [1]})


def test_surrounding_white_space_is_cut_from_names_and_tokens(admin: Api, gitlab: Sandbox) -> None:
    token = gitlab.personal_token().value
    made = create(admin, gitlab, token=f"  {token}\n", name=" padded ")
    assert made["name"] == "padded"
    assert AppConnection.objects.get().open_credentials()["accessToken"] == token


def test_an_empty_description_is_kept_and_an_absent_one_is_null(admin: Api, gitlab: Sandbox) -> None:
    assert create(admin, gitlab, name="empty", description="")["description"] == ""
    assert create(admin, gitlab, name="absent")["description"] is None


@pytest.mark.parametrize("suffix", ["", "/"], ids=["without a slash", "with a trailing slash"])
def test_the_instance_url_is_kept_as_it_was_given(admin: Api, gitlab: Sandbox, suffix: str) -> None:
    given = body(gitlab)
    given["credentials"]["instanceUrl"] = gitlab.url + suffix
    made = admin.post(GITLAB, given).json()["appConnection"]
    assert made["credentials"]["instanceUrl"] == gitlab.url + suffix
    assert {request.path for request in gitlab.requests} == {
        "/api/v4/user",
        "/api/v4/personal_access_tokens/self",
    }


@pytest.mark.parametrize("suffix", ["", "/"], ids=["without a slash", "with a trailing slash"])
def test_an_instance_below_a_path_works(admin: Api, suffix: str) -> None:
    with Sandbox(relative_url_root="/code/gitlab") as gitlab:
        made = create(admin, gitlab)
        assert made["credentials"]["instanceUrl"].endswith("/code/gitlab")


def test_nothing_is_stored_and_nothing_asked_when_the_name_is_taken(admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab)
    gitlab.clear_requests()
    answer = admin.post(GITLAB, body(gitlab))
    assert answer.status_code == 400
    assert answer.json()["message"] == 'An App Connection with the name "platform" already exists'
    assert gitlab.requests == []
    assert AppConnection.objects.count() == 1


def test_the_same_name_may_exist_in_the_organization_and_in_each_project(admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab)
    create(admin, gitlab, projectId=project(admin, "first"))
    create(admin, gitlab, projectId=project(admin, "second"))


@pytest.mark.parametrize("project_id", ["", "nonsense", "3c90c3cc-0d44-4b50-8888-8dd25736052a"])
def test_an_unknown_project_is_named(admin: Api, gitlab: Sandbox, project_id: str) -> None:
    answer = admin.post(GITLAB, body(gitlab, projectId=project_id))
    assert answer.status_code == 400
    assert answer.json()["message"] == f"Could not find project with ID {project_id}"
    assert gitlab.requests == []


def test_the_token_goes_into_its_header_and_nowhere_else(admin: Api, gitlab: Sandbox) -> None:
    token = gitlab.personal_token().value
    create(admin, gitlab, token=token)
    for request in gitlab.requests:
        assert request.headers["PRIVATE-TOKEN"] == token
        assert token not in request.path
        assert token not in str(request.query)
        assert "Authorization" not in request.headers
        assert request.headers["User-Agent"].startswith("app-connections/")
