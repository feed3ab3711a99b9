"""A connection by access token: what is filled in is tried at GitLab, and what is wrong is said at its field."""

from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEvent
from connections.models import AppConnection, Instance
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.instances.requests import register
from tests.connections.requests import create
from tests.connections.web.adding import BY_TOKEN, errors_at, fields, fill_in, main
from tests.connections.web.pages import BASE, path, text, title
from tests.people import send

pytestmark = pytest.mark.django_db


def test_a_token_makes_a_connection(ann: Client, gitlab: Sandbox) -> None:
    token = gitlab.personal_token().value
    answer = fill_in(ann, gitlab, accessToken=token)
    connection = AppConnection.objects.select_related("data_key").get()
    assert (answer.status_code, answer["Location"]) == (302, path(connection.id))
    assert (connection.name, connection.description, connection.project) == (
        "platform",
        "For the platform team",
        None,
    )
    assert connection.public == {"instanceUrl": gitlab.url, "accessTokenType": "personal"}
    assert connection.open_credentials()["accessToken"] == token
    assert "platform is connected." in text(ann.get(answer["Location"]))
    event = AuditEvent.objects.get(type="create-app-connection")
    assert (event.actor_type, event.actor_name) == ("user", "ann@example.com")


def test_an_empty_description_is_none(ann: Client, gitlab: Sandbox) -> None:
    fill_in(ann, gitlab, description="")
    assert AppConnection.objects.get().description is None


def test_what_is_wrong_with_a_token_that_works_is_said_and_stays_said(ann: Client, gitlab: Sandbox) -> None:
    token = gitlab.personal_token(scopes=["read_user"]).value
    answer = fill_in(ann, gitlab, accessToken=token, accessTokenType="group")
    shown = text(ann.get(answer["Location"]))
    assert "platform is connected, with a warning: " in shown
    assert "The token lacks the scope api" in shown
    later = text(ann.get(answer["Location"]))
    assert "with a warning" not in later
    assert "The token lacks the scope api" in later
    assert "This is a personal access token" in later


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"name": ""}, "name", "must be at least 1 lowercase character"),
        ({"name": "Not A Slug"}, "name", "can only contain lowercase letters"),
        ({"name": "a" * 65}, "name", "at most 64"),
        ({"name": "a\x00b"}, "name", "Null characters"),
        ({"name": "taken"}, "name", "already exists"),
        ({"description": "x" * 257}, "description", "Description cannot exceed 256 characters"),
        ({"projectId": "3c90c3cc-0d44-4b50-8888-8dd25736052a"}, "projectId", "not one of the available choices"),
        ({"accessTokenType": "other"}, "accessTokenType", "not one of the available choices"),
        ({"accessToken": " "}, "accessToken", "Access Token required"),
        ({"accessToken": "x" * 16_385}, "accessToken", "at most 16384"),
        ({"accessToken": "glpat-unknown"}, "accessToken", "does not know this token"),
        ({"accessToken": "glpat-a\nb"}, "accessToken", ""),
        ({"instanceUrl_other": ""}, "instanceUrl", "Invalid Instance URL"),
        ({"instanceUrl_other": "not a url"}, "instanceUrl", "Invalid Instance URL"),
        ({"instanceUrl_other": "javascript:alert(1)"}, "instanceUrl", "Invalid Instance URL"),
        ({"instanceUrl_other": "https://me:pass@gitlab.example.com"}, "instanceUrl", "Leave them out"),
        ({"instanceUrl_other": "https://[::1"}, "instanceUrl", "Invalid Instance URL"),
        ({"instanceUrl_other": "http://127.0.0.1:1"}, "instanceUrl", "refused the connection"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    ann: Client, admin: Api, gitlab: Sandbox, changed: dict[str, str], field: str, said: str
) -> None:
    create(admin, gitlab, name="taken")
    secret = gitlab.personal_token().value
    answer = fill_in(ann, gitlab, **{"accessToken": secret, **changed})
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    assert errors_at(answer, field)
    assert said in errors_at(answer, field)
    page = answer.content.decode()
    for token in (secret, changed.get("accessToken", "").strip() or secret):
        assert token not in page
    assert "me:pass" not in page
    if "description" not in changed:
        assert 'value="For the platform team"' in page
    assert AppConnection.objects.count() == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://10.0.0.7", "Local IPs not allowed as URL. An admin registers the instance"),
        ("https://no-such-host.invalid", "Check how the address is spelled"),
    ],
)
def test_an_address_that_may_not_be_called_says_what_to_do(
    ann: Client, gitlab: Sandbox, settings: Any, url: str, said: str
) -> None:
    settings.ALLOW_INTERNAL_IP_CONNECTIONS = False
    answer = fill_in(ann, gitlab, instanceUrl_other=url)
    assert said in errors_at(answer, "instanceUrl")
    assert f'value="{url}"' in answer.content.decode()


def test_a_registered_instance_that_is_closed_to_private_addresses_says_so_at_its_field(
    ann: Client, admin: Api, gitlab: Sandbox
) -> None:
    register(admin, gitlab.url, allowPrivate=True)
    Instance.objects.update(allow_private=False)
    answer = fill_in(ann, gitlab, instanceUrl=gitlab.url, instanceUrl_other="")
    assert "“Allow a private address”" in errors_at(answer, "instanceUrl")


@pytest.mark.parametrize(("fault", "said"), [("html", "an HTML page instead of JSON"), ("close", "")])
def test_a_gitlab_in_trouble_is_told_at_its_address(ann: Client, gitlab: Sandbox, fault: str, said: str) -> None:
    gitlab.misbehave(fault, "/api/v4")
    answer = fill_in(ann, gitlab)
    assert answer.status_code == 422
    assert errors_at(answer, "instanceUrl")
    assert said in errors_at(answer, "instanceUrl")


def test_a_gitlab_that_asks_to_wait_keeps_the_form(ann: Client, gitlab: Sandbox) -> None:
    gitlab.misbehave("rate-limit", "/api/v4")
    answer = fill_in(ann, gitlab)
    assert answer.status_code == 422
    assert "rate limit reached" in errors_at(answer, "")
    assert 'value="platform"' in answer.content.decode()


def test_a_form_after_an_error_only_needs_the_secret_again(ann: Client, gitlab: Sandbox) -> None:
    page = fill_in(ann, gitlab, accessToken="glpat-unknown", accessTokenType="project").content.decode()
    assert f'value="{gitlab.url}"' in page
    assert '<option value="project" selected>' in page
    assert '<option value="" selected>Another address</option>' in page


def test_what_is_known_is_offered_first(ann: Client, admin: Api, gitlab: Sandbox) -> None:
    register(admin, gitlab.url, allowPrivate=True)
    page = ann.get(BY_TOKEN).content.decode()
    assert page.index(f'<option value="{gitlab.url}" selected>') < page.index('<option value="https://gitlab.com">')
    answer = fill_in(ann, gitlab, instanceUrl=gitlab.url, instanceUrl_other="https://elsewhere.example.com")
    assert answer.status_code == 302
    assert AppConnection.objects.get().public["instanceUrl"] == gitlab.url


def test_a_secret_is_in_no_address_and_no_message(ann: Client, gitlab: Sandbox) -> None:
    secret = gitlab.personal_token().value
    answer = fill_in(ann, gitlab, accessToken=secret)
    assert secret not in answer["Location"]
    assert secret not in ann.get(answer["Location"]).content.decode()
    assert secret not in ann.get(BASE).content.decode()


def test_a_form_without_its_token_creates_nothing(ann: Client, gitlab: Sandbox) -> None:
    assert ann.post(BY_TOKEN, fields(gitlab)).status_code == 403
    assert not AppConnection.objects.exists()


def test_it_leads_back_to_the_page_that_asked_for_it(ann: Client, gitlab: Sandbox) -> None:
    page = ann.get(f"{BY_TOKEN}?next=/projects/1%3Fa%3Db").content.decode()
    assert 'name="returnTo" value="/projects/1?a=b"' in page
    assert '<a class="button quiet" href="/projects/1?a=b">Cancel</a>' in page
    assert fill_in(ann, gitlab, returnTo="/projects/1?a=b")["Location"] == "/projects/1?a=b"


@pytest.mark.parametrize(
    "hostile", ["https://evil.example.com", "//evil.example.com", "javascript:alert(1)", "/\\e"]
)
def test_it_leads_nowhere_else(ann: Client, gitlab: Sandbox, hostile: str) -> None:
    assert hostile not in main(ann.get(BY_TOKEN, {"next": hostile}))
    answer = fill_in(ann, gitlab, returnTo=hostile)
    assert answer["Location"] == path(AppConnection.objects.get().id)


def test_the_steps_are_shown_without_scripts_and_nothing_is_created(ann: Client, gitlab: Sandbox) -> None:
    secret = gitlab.personal_token().value
    answer = send(ann, BY_TOKEN, fields(gitlab, accessToken=secret, accessTokenType="project", show="steps"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Create a project access token" in page
    assert "errorlist" not in page
    for kept in ("platform", "For the platform team", gitlab.url):
        assert f'value="{kept}"' in page
    assert secret not in page
    assert not [request for request in gitlab.requests if request.path.startswith("/api")]
    assert not AppConnection.objects.exists()
