"""What GitLab says of a token is kept as public facts; what is wrong with it as warnings."""

from datetime import UTC, date, datetime

import pytest

from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import GITLAB, body, create

pytestmark = pytest.mark.django_db


def created(admin: Api, gitlab: Sandbox, token: str, given_type: str) -> AppConnection:
    given = body(gitlab, token=token)
    given["credentials"]["accessTokenType"] = given_type
    response = admin.post(GITLAB, given)
    assert response.status_code == 200, response.content
    return AppConnection.objects.get()


def codes(connection: AppConnection) -> list[str]:
    return [warning["code"] for warning in connection.warnings]


def test_account_scopes_and_expiry_of_a_personal_token(admin: Api, gitlab: Sandbox) -> None:
    token = gitlab.personal_token(user="ann", scopes=("api", "read_user"), expires_at=date(2199, 1, 31))
    stored = created(admin, gitlab, token.value, "personal")
    assert (stored.account or {})["username"] == "ann"
    assert (stored.account or {})["is_bot"] is False
    assert stored.scopes == ["api", "read_user"]
    assert stored.expires_at == datetime(2199, 1, 31, tzinfo=UTC), "it dies when the day begins"
    assert stored.warnings == []


def test_a_token_without_expiry_has_none(admin: Api, gitlab: Sandbox) -> None:
    assert created(admin, gitlab, gitlab.personal_token().value, "personal").expires_at is None


def test_the_bots_behind_project_and_group_tokens(admin: Api, gitlab: Sandbox) -> None:
    stored = created(admin, gitlab, gitlab.project_token("platform/api").value, "project")
    assert (stored.account or {})["is_bot"] is True
    assert (stored.account or {})["username"].startswith("project_")
    assert stored.warnings == []
    stored.delete()
    stored = created(admin, gitlab, gitlab.group_token("platform").value, "group")
    assert (stored.account or {})["username"].startswith("group_")
    assert stored.warnings == []


@pytest.mark.parametrize("given_type", ["personal", "group"])
def test_a_project_token_under_another_type_is_accepted_with_a_warning(
    admin: Api, gitlab: Sandbox, given_type: str
) -> None:
    stored = created(admin, gitlab, gitlab.project_token("platform/api").value, given_type)
    assert codes(stored) == ["token_type_mismatch"]
    assert stored.warnings[0]["message"] == (
        f"This is a project access token, but accessTokenType says {given_type}."
    )
    assert stored.public["accessTokenType"] == given_type, "the wire keeps what was given"


def test_a_token_without_the_api_scope_is_accepted_with_a_warning(admin: Api, gitlab: Sandbox) -> None:
    stored = created(admin, gitlab, gitlab.personal_token(scopes=("read_api",)).value, "personal")
    assert codes(stored) == ["missing_scope"]
    assert "read_api" in stored.warnings[0]["message"]


def test_a_token_that_may_not_read_its_own_user_is_accepted_with_warnings(admin: Api, gitlab: Sandbox) -> None:
    stored = created(admin, gitlab, gitlab.personal_token(scopes=("read_repository",)).value, "personal")
    assert stored.account is None
    assert stored.scopes == ["read_repository"]
    assert codes(stored) == ["account_unknown", "missing_scope"]


def test_an_old_gitlab_that_says_nothing_of_the_token_is_enough(admin: Api, gitlab: Sandbox) -> None:
    gitlab.misbehave("status", "/api/v4/personal_access_tokens/self", status=404, body='{"error":"404 Not Found"}')
    stored = created(admin, gitlab, gitlab.personal_token().value, "personal")
    assert (stored.account or {})["username"] == "ann"
    assert stored.scopes == []
    assert stored.warnings == []


def test_replacing_the_credentials_replaces_what_is_known(admin: Api, gitlab: Sandbox) -> None:
    made = create(admin, gitlab, token=gitlab.personal_token(scopes=("read_api",)).value)
    credentials = body(gitlab, token=gitlab.personal_token(user="bob").value)["credentials"]
    assert admin.patch(f"{GITLAB}/{made['id']}", {"credentials": credentials}).status_code == 200
    stored = AppConnection.objects.get()
    assert (stored.account or {})["username"] == "bob"
    assert stored.scopes == ["api"]
    assert stored.warnings == []
