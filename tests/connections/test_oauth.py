"""A connection by OAuth over REST: its code is exchanged where our client is known, and its tokens are sealed."""

from typing import Any

import pytest

from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.clients import Api
from tests.connections import oauth
from tests.connections.requests import BASE, GITLAB, body, issues

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(gitlab: Sandbox, settings: Any) -> Application:
    return oauth.configure(settings, gitlab)


def create(admin: Api, code: str, *, name: str = "by-oauth", **credentials: Any) -> Any:
    given = {"name": name, "method": "oauth", "credentials": {"code": code, **credentials}}
    return admin.post(GITLAB, given)


def revoked(gitlab: Sandbox) -> int:
    return sum(request.path == "/oauth/revoke" and request.status == 200 for request in gitlab.requests)


def test_a_code_makes_a_connection(admin: Api, gitlab: Sandbox, application: Application) -> None:
    answer = create(admin, oauth.code(gitlab, application), instanceUrl=gitlab.url)
    assert answer.status_code == 200, answer.json()
    shown = answer.json()["appConnection"]
    assert shown["method"] == "oauth"
    assert shown["credentials"] == {"instanceUrl": gitlab.url}
    stored = AppConnection.objects.get()
    assert (stored.account or {})["username"] == "ann"
    assert stored.scopes == ["api"]
    assert stored.token_expires_at is not None
    assert set(stored.open_credentials()) == {
        "accessToken",
        "refreshToken",
        "tokenType",
        "instanceUrl",
        "clientId",
    }


def test_without_an_instance_url_the_configured_instance_is_meant(
    admin: Api, gitlab: Sandbox, application: Application
) -> None:
    shown = create(admin, oauth.code(gitlab, application)).json()["appConnection"]
    assert shown["credentials"] == {"instanceUrl": gitlab.url}
    gitlab.project("platform/api")
    assert admin.get(f"{GITLAB}/{shown['id']}/projects").status_code == 200


@pytest.mark.parametrize("spelling", ["{url}/", "HTTP://{host}", "{url}"])
def test_the_instance_may_be_spelled_in_other_ways(
    admin: Api, gitlab: Sandbox, application: Application, spelling: str
) -> None:
    url = spelling.format(url=gitlab.url, host=gitlab.url.removeprefix("http://"))
    assert create(admin, oauth.code(gitlab, application), instanceUrl=url).status_code == 200


def test_our_secret_is_sent_to_no_other_instance(admin: Api, gitlab: Sandbox, application: Application) -> None:
    with Sandbox() as other:
        answer = create(admin, oauth.code(gitlab, application), instanceUrl=other.url)
        assert other.requests == []
    assert answer.status_code == 400
    message = answer.json()["message"]
    assert message.startswith(
        f"There is no OAuth application for {other.url}. The configured one belongs to {gitlab.url}"
    )
    assert "Register the instance" in message


def test_without_a_client_the_operator_is_told(admin: Api, settings: Any) -> None:
    settings.APP_CONNECTION_VARIABLES = {}
    answer = create(admin, "any code")
    assert answer.status_code == 500
    assert answer.json()["message"] == "GitLab environment variables have not been configured"


@pytest.mark.usefixtures("application")
def test_a_code_that_gitlab_does_not_know_is_refused_with_the_cause(admin: Api) -> None:
    answer = create(admin, "no such code")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Failed to exchange OAuth code: ")
    assert AppConnection.objects.count() == 0


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize("code", ["", "   "])
def test_a_code_is_required(admin: Api, code: str) -> None:
    answer = create(admin, code)
    assert answer.status_code == 422
    assert ["credentials", "code"] in [path for _, path, _ in issues(answer.json())]
    assert "OAuth code required" in [message for _, _, message in issues(answer.json())]


def test_a_grant_for_a_taken_name_is_never_asked_for(admin: Api, gitlab: Sandbox, application: Application) -> None:
    create(admin, oauth.code(gitlab, application))
    gitlab.clear_requests()
    assert create(admin, "any code").status_code == 400
    assert gitlab.requests == []


def test_a_new_code_replaces_the_grant_and_keeps_the_id(
    admin: Api, gitlab: Sandbox, application: Application
) -> None:
    shown = create(admin, oauth.code(gitlab, application)).json()["appConnection"]
    given = {"credentials": {"code": oauth.code(gitlab, application, user="bob")}}
    answer = admin.patch(f"{GITLAB}/{shown['id']}", given)
    assert answer.status_code == 200
    assert answer.json()["appConnection"]["credentialsHash"] != shown["credentialsHash"]
    assert (AppConnection.objects.get().account or {})["username"] == "bob"
    assert revoked(gitlab) == 1


def test_a_rename_that_fails_gives_the_new_grant_back(
    admin: Api, gitlab: Sandbox, application: Application
) -> None:
    create(admin, oauth.code(gitlab, application), name="first")
    second = create(admin, oauth.code(gitlab, application), name="second").json()["appConnection"]
    given = {"name": "first", "credentials": {"code": oauth.code(gitlab, application)}}
    assert admin.patch(f"{GITLAB}/{second['id']}", given).status_code == 400
    assert revoked(gitlab) == 1
    assert admin.get(f"{GITLAB}/{second['id']}").json()["appConnection"] == second


def test_a_token_is_no_credential_of_an_oauth_connection(
    admin: Api, gitlab: Sandbox, application: Application
) -> None:
    shown = create(admin, oauth.code(gitlab, application)).json()["appConnection"]
    answer = admin.patch(f"{GITLAB}/{shown['id']}", {"credentials": body(gitlab)["credentials"]})
    assert answer.status_code == 400
    assert answer.json()["message"] == "Invalid credential format for GitLab Connection with method OAuth"


def test_deleting_gives_the_grant_back(admin: Api, gitlab: Sandbox, application: Application) -> None:
    shown = create(admin, oauth.code(gitlab, application)).json()["appConnection"]
    assert admin.delete(f"{GITLAB}/{shown['id']}").status_code == 200
    assert revoked(gitlab) == 1


def test_options_name_the_client_once_there_is_one(admin: Api, application: Application) -> None:
    options = {option["app"]: option for option in admin.get(f"{BASE}/options").json()["appConnectionOptions"]}
    assert options["gitlab"]["oauthClientId"] == application.client_id
    assert "oauthClientId" not in options["github"]
    assert application.client_secret not in str(options)
