"""A connection by a GitHub token that is typed in, at whichever server, and what its page then offers to copy."""

import html
from typing import Any

import pytest
from django.test import Client

from connections.models import AppConnection
from sandbox.github import Sandbox
from tests.connections.github import world as at_github
from tests.connections.web.adding import errors_at, links, main
from tests.connections.web.pages import change, path, text, title
from tests.people import send

pytestmark = pytest.mark.django_db
BY_TOKEN = "/organization/app-connections/github/new/pat"


def fields(github: Sandbox, **changed: str) -> dict[str, str]:
    """Return the form filled in, with a fresh token unless `changed` says otherwise."""
    return {
        "name": "platform",
        "description": "For the platform team",
        "projectId": "",
        "server": "",
        "server_other": github.url,
        "personalAccessToken": changed.get("personalAccessToken") or github.personal_token().value,
        **changed,
    }


def fill_in(client: Client, github: Sandbox, **changed: str) -> Any:
    return send(client, BY_TOKEN, fields(github, **changed))


def test_a_token_makes_a_connection(ann: Client, github: Sandbox) -> None:
    token = github.personal_token().value
    answer = fill_in(ann, github, personalAccessToken=token)
    connection = AppConnection.objects.select_related("data_key").get()
    assert (answer.status_code, answer["Location"]) == (302, path(connection.id))
    assert connection.public == {"instanceType": "server", "host": at_github.host_of(github)}
    assert connection.open_credentials()["personalAccessToken"] == token
    assert token not in ann.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("is_fine_grained", [False, True])
def test_a_token_of_which_github_names_no_end_never_ends(
    ann: Client, github: Sandbox, is_fine_grained: bool
) -> None:
    token = github.personal_token(fine_grained=is_fine_grained).value
    page = ann.get(fill_in(ann, github, personalAccessToken=token)["Location"])
    assert "Expires Never" in text(page)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"name": "Not A Slug"}, "name", "can only contain lowercase letters"),
        ({"personalAccessToken": " "}, "personalAccessToken", "Personal Access Token required"),
        ({"personalAccessToken": "ghp_unknown"}, "personalAccessToken", "does not know this token"),
        ({"personalAccessToken": "x" * 16_385}, "personalAccessToken", "at most 16384"),
        ({"server_other": ""}, "server", "Give the address of the server"),
        ({"server_other": "not a url"}, "server", "holds blanks"),
        ({"server_other": "javascript:alert(1)"}, "server", "must start with https://"),
        ({"server_other": "https://me:pass@github.example.com"}, "server", "Leave them out"),
        ({"server_other": "https://127.0.0.1:1"}, "server", "refused the connection"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    ann: Client, github: Sandbox, changed: dict[str, str], field: str, said: str
) -> None:
    secret = github.personal_token().value
    answer = fill_in(ann, github, **{"personalAccessToken": secret, **changed})
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    assert said in errors_at(answer, field)
    assert secret not in answer.content.decode()
    assert "me:pass" not in answer.content.decode()
    assert not AppConnection.objects.exists()


def test_a_link_from_elsewhere_does_not_choose_where_a_secret_goes(ann: Client) -> None:
    page = main(ann.get(BY_TOKEN, {"server_other": "https://evil.example.com"}))
    assert "evil" not in page
    assert '<option value="https://github.com" selected>' in page


def test_the_operators_server_is_offered_once(ann: Client, github: Sandbox, settings: Any) -> None:
    at_github.configure(settings, github)
    page = main(ann.get(BY_TOKEN))
    assert page.count(f'<option value="{github.url}"') == 1
    assert page.index(github.url) < page.index('<option value="https://github.com">')


@pytest.mark.parametrize("url", ["https://github.com", "https://acme.ghe.com", "https://github.example.com:8443"])
def test_the_steps_lead_to_the_server_that_is_chosen(ann: Client, url: str) -> None:
    steps = ann.get(BY_TOKEN, {"server": "", "server_other": url}, headers={"HX-Request": "true"})
    assert links(steps) == [
        f"{url}/settings/personal-access-tokens/new?name=app-connection",
        f"{url}/settings/tokens/new?description=app-connection&scopes=repo%2Cadmin%3Aorg",
    ]


def test_what_is_there_to_copy_names_what_has_to_be_named(ann: Client, github: Sandbox) -> None:
    fill_in(ann, github)
    connection = AppConnection.objects.get()
    shown = html.unescape(ann.get(path(connection.id)).content.decode())
    assert f'/github/{connection.id}/repositories"' in shown
    assert f'/github/{connection.id}/environments?repo=api&owner=acme"' in shown
    assert 'resource "infisical_app_connection_github" "platform" {' in shown
    for line in (
        "personal_access_token = var.github_personal_access_token",
        'instance_type         = "server"',
        f'host                  = "{at_github.host_of(github)}"',
    ):
        assert line in shown


def test_github_itself_needs_no_host_in_terraform(ann: Client, github: Sandbox) -> None:
    fill_in(ann, github)
    change(AppConnection.objects.get().id, public={})
    shown = text(ann.get(path(AppConnection.objects.get().id)))
    assert "credentials = { personal_access_token = var.github_personal_access_token }" in shown
