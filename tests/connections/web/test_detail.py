"""The page of one connection: what it is and how it is, in words."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.log import buffer
from audit.models import AuditEvent
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections import oauth
from tests.connections.requests import create
from tests.connections.web.pages import change, path, text, title
from tests.oauth.people import connected
from tests.oauth.people import person as person_who_connects
from tests.people import browser, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Client:
    return browser(person())


def made(admin: Api, gitlab: Sandbox, **fields: Any) -> str:
    return str(create(admin, gitlab, name="deploys", description="Of <team> 7", **fields)["id"])


def test_it_tells_everything_that_may_be_told(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    token = gitlab.personal_token("ann", scopes=("api", "read_user"))
    connection_id = made(admin, gitlab, token=token.value)
    answer = ann.get(path(connection_id))
    assert title(answer) == "deploys: Healthy"
    shown = text(answer)
    for words in ("State Healthy", "@ann", "api", "read_user", "Access Token", gitlab.url, connection_id):
        assert words in shown
    assert "Of &lt;team&gt; 7" in shown
    assert "The organization: usable in all projects" in shown
    assert "Expires Never" in shown
    assert "Last checked just now" in shown
    assert token.value not in answer.content.decode()


def test_what_is_wrong_stands_first_with_its_cure(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    connection_id = made(admin, gitlab)
    change(connection_id, status="failing", cause="It is away.", cure="Start it.")
    answer = ann.get(path(connection_id))
    assert title(answer) == "deploys: Failing"
    assert "Failing It is away. Start it." in text(answer)
    change(connection_id, expires_at=timezone.now() - timedelta(days=2, minutes=5))
    answer = ann.get(path(connection_id))
    assert title(answer) == "deploys: Expired"
    assert "Its credentials ended on" in text(answer)
    assert "Expires 2 days ago" in text(answer)


def test_an_end_that_nobody_knows_is_not_said_to_be_never(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    connection_id = made(admin, gitlab)
    change(connection_id, scopes=[], expires_at=None)  # as of a GitLab that has no page about the token itself
    assert "Expires Not known" in text(ann.get(path(connection_id)))


def test_what_only_its_provider_knows_a_name_for_is_shown(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    connection_id = made(admin, gitlab)
    assert "Permissions" not in text(ann.get(path(connection_id)))
    details = [
        {"label": "Permissions", "values": ["secrets: write", "<b>"]},
        {"label": "Repositories", "values": []},
    ]
    change(connection_id, scopes=[], details=details)
    answer = ann.get(path(connection_id))
    assert "Permissions secrets: write &lt;b&gt; Repositories None" in text(answer)
    assert "Scopes" not in text(answer)


def test_warnings_are_shown(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    connection_id = made(admin, gitlab, token=gitlab.personal_token(scopes=("read_api",)).value)
    assert "lacks the scope api" in text(ann.get(path(connection_id)))


def test_what_the_account_is_called_is_no_markup(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    connection_id = made(admin, gitlab)
    evil = "<script>alert(1)</script>"
    change(
        connection_id,
        account={"id": "1", "username": evil, "name": evil, "is_bot": True},
        scopes=[evil],
        warnings=[{"code": "x", "message": evil}],
        status="failing",
        cause=evil,
        cure=evil,
    )
    assert evil not in ann.get(path(connection_id)).content.decode()


def test_a_grant_that_never_ends_is_not_said_to_renew_itself(gitlab: Sandbox, settings: Any) -> None:
    oauth.configure(settings, gitlab)
    ann = person_who_connects()
    connection = connected(ann, gitlab)
    change(str(connection.id), token_expires_at=None)
    shown = text(ann.browser.get(path(connection.id)))
    assert "Expires Never" in shown
    assert "renews itself" not in shown


def test_a_grant_is_reconnected_and_a_token_is_replaced(admin: Api, gitlab: Sandbox, settings: Any) -> None:
    oauth.configure(settings, gitlab)
    ann = person_who_connects()
    by_oauth = connected(ann, gitlab)
    answer = ann.browser.get(path(by_oauth.id))
    reconnect = f"/organization/app-connections/{by_oauth.app}/oauth/new?connection={by_oauth.id}"
    assert reconnect in answer.content.decode()
    assert "Replace credentials" not in text(answer)
    assert "Expires Never, it renews itself" in text(answer)
    assert "Terraform" not in text(answer)
    assert ann.browser.get(path(by_oauth.id, "/credentials"))["Location"] == reconnect
    by_token = made(admin, gitlab)
    answer = ann.browser.get(path(by_token))
    assert path(by_token, "/credentials") in answer.content.decode()
    assert "Reconnect" not in text(answer)
    change(by_oauth.id, status="reconnect_required", cause="It was revoked.", cure="Reconnect it.")
    assert text(ann.browser.get(path(by_oauth.id))).count("Reconnect ") == 2, "the cure, and one button"


def test_snippets_hold_real_ids_and_no_secret(ann: Client, admin: Api, gitlab: Sandbox, settings: Any) -> None:
    connection_id = made(admin, gitlab)
    change(connection_id, description='a "quoted" ${path.module} %{if x}')
    shown = ann.get(path(connection_id)).content.decode().replace("&quot;", '"').replace("&#x27;", "'")
    assert f'curl -fsS "{settings.SITE_URL}/api/v1/app-connections/gitlab/{connection_id}"' in shown
    assert f"/{connection_id}/projects" in shown
    assert 'resource "infisical_app_connection_gitlab" "deploys" {' in shown
    assert "access_token      = var.gitlab_access_token" in shown
    assert f'instance_url      = "{gitlab.url}"' in shown
    assert r'description = "a \"quoted\" $${path.module} %%{if x}"' in shown


def test_looking_is_recorded_as_over_rest(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    connection_id = made(admin, gitlab)
    ann.get(path(connection_id))
    buffer.flush()
    [event] = AuditEvent.objects.filter(type="get-app-connection")
    assert event.actor_name == "ann@example.com"
    assert event.metadata["connectionId"] == connection_id


def test_nothing_is_decrypted(
    ann: Client, admin: Api, gitlab: Sandbox, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = made(admin, gitlab)
    change(connection_id, sealed_credentials="broken")
    with django_assert_max_num_queries(9):
        assert ann.get(path(connection_id)).status_code == 200
