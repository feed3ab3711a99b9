"""The pages of instances show what is registered to whoever may know, and no secret to anybody."""

import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from connections.models import Instance
from connections.providers import PROVIDERS
from organizations.services import create_organization
from sandbox.gitlab import Sandbox
from tests.clients import Api, identity_with
from tests.connections import oauth
from tests.connections.instances.requests import application_at, connect, register, register_with_client
from tests.connections.requests import create, project
from tests.oauth.people import text
from tests.people import browser, person

if TYPE_CHECKING:
    pass

from tests.connections.web.instances import (
    NEW,
    PAGE,
    SECRET,
    URL,
    authority,
    authority_with_an_unreadable_name,
    change,
    no_secret_in,
    page_of,
)

pytestmark = pytest.mark.django_db


def test_the_instance_of_the_environment_stands_first_with_its_redirect_uri(ann: Client, settings: Any) -> None:
    told = text(ann.get(PAGE))
    assert "https://gitlab.com for the whole service None" in told
    assert f"{oauth.CALLBACK} " in told
    assert "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_ID" in told, "which the operator would set"
    settings.APP_CONNECTION_VARIABLES = {
        "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_ID": "id",
        "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_SECRET": SECRET,
        "INF_APP_CONNECTION_GITLAB_OAUTH_INSTANCE_URL": URL,
    }
    page = ann.get(PAGE)
    assert f"{URL} for the whole service Configured" in text(page)
    no_secret_in(page)


def test_registered_instances_are_listed_with_all_but_their_secrets(
    ann: Client, admin: Api, gitlab: Sandbox, ca_pem: str
) -> None:
    application = application_at(gitlab)
    made = register_with_client(
        admin, gitlab, application, application.client_secret, SECRET, caCertificates=ca_pem
    )
    connect(admin, gitlab, application)
    create(admin, gitlab, name="by-token", projectId=project(admin))
    register(admin, "https://bare.example.com")
    page = ann.get(PAGE)
    row = text(page).partition(f" {gitlab.url} ")[2]
    assert row.startswith(
        f"Registered {application.client_id} , 2 secrets Private address allowed 1 CA certificate, expires in "
    )
    assert re.search(r"expires in \d+ \w+ 2 ", row), "and two connections"
    assert made["redirectUri"] in row
    assert "https://bare.example.com None yet Public address 0 " in text(page)
    assert f'href="{page_of(made)}"' in page.content.decode()
    no_secret_in(page)
    shown = ann.get(page_of(made))
    assert f"OAuth application Registered {application.client_id} , 2 secrets" in text(shown)
    assert "O=trustme" in text(shown)
    assert "Scopes for secret scanning api , read_repository" in text(shown)
    no_secret_in(shown)


def test_an_expired_certificate_is_called_so(ann: Client, admin: Api, ca_pem: str) -> None:
    made = register(admin, caCertificates=ca_pem)
    assert "expired" not in text(ann.get(PAGE))
    change(ann, made, "network", caCertificates=ca_pem + authority("<b>Old</b>", days=-2))
    assert "CA certificate expired" in text(ann.get(PAGE))
    shown = ann.get(page_of(made))
    assert "CN=&lt;b&gt;Old&lt;/b&gt;" in shown.content.decode().replace("\\", "")
    assert "2 days ago" in text(shown)


def test_an_authority_whose_name_cannot_be_read_closes_no_page(ann: Client, admin: Api) -> None:
    made = register(admin, caCertificates=authority_with_an_unreadable_name())
    assert "1 CA certificate, expires in" in text(ann.get(PAGE))
    assert "Serial number 1" in text(ann.get(page_of(made)))
    assert ann.get(f"{page_of(made)}/delete").status_code == 200


def test_members_see_the_instances_and_change_none(admin: Api) -> None:
    made = register(admin)
    bob = browser(person("bob@example.com", role="member"))
    page = bob.get(PAGE)
    assert URL in text(page)
    assert NEW not in page.content.decode()
    shown = bob.get(page_of(made))
    assert "Only admins of the organization change instances." in text(shown)
    assert '<form method="post" action="/organization/instances' not in shown.content.decode()
    assert bob.get(NEW).status_code == 403
    assert bob.get(f"{page_of(made)}/delete").status_code == 403
    token = bob.cookies["csrftoken"].value
    for path in (NEW, f"{page_of(made)}/client", f"{page_of(made)}/network", f"{page_of(made)}/delete"):
        fields = {"csrfmiddlewaretoken": token, "clientId": "x", "instanceUrl": "https://other.example.com"}
        assert bob.post(path, fields).status_code == 403
    assert Instance.objects.get().clients.count() == 0


def test_a_member_counts_only_connections_that_they_may_see(admin: Api, gitlab: Sandbox) -> None:
    made = register(admin, gitlab.url, allowPrivate=True)
    create(admin, gitlab)
    bob = browser(person("bob@example.com", role="member"))
    assert "Connections 0 " in text(bob.get(page_of(made)))


def test_without_a_role_there_is_nothing_to_see(admin: Api) -> None:
    made = register(admin)
    eve = browser(person("eve@example.com", role="no-access"))
    for path in (PAGE, NEW, page_of(made), f"{page_of(made)}/delete"):
        assert eve.get(path).status_code == 403
    assert PAGE not in eve.get("/organization/app-connections").content.decode()


def test_an_instance_of_others_is_not_there(ann: Client) -> None:
    elsewhere = identity_with(organization=create_organization(name="Elsewhere"), name="x")
    theirs = register(elsewhere)
    assert URL not in text(ann.get(PAGE))
    for path in (page_of(theirs), f"{page_of(theirs)}/delete", page_of({"id": uuid.uuid4()})):
        assert ann.get(path).status_code == 404
    token = ann.cookies["csrftoken"].value
    for part in ("client", "network", "delete"):
        answer = ann.post(f"{page_of(theirs)}/{part}", {"csrfmiddlewaretoken": token, "clientId": ""})
        assert answer.status_code == 404
    assert Instance.objects.count() == 1


@pytest.mark.parametrize("path", ["nothing/new", f"nothing/{uuid.UUID(int=7)}", "gitlab/not-an-id", "gitlab"])
def test_an_app_or_an_id_that_is_none_is_not_there(ann: Client, path: str) -> None:
    assert ann.get(f"{PAGE}/{path}").status_code == 404


def test_the_list_costs_the_same_however_many_there_are_of_an_app(
    ann: Client, admin: Api, gitlab: Sandbox, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        register(admin, f"https://gitlab-{number}.example.com")
        create(admin, gitlab, name=f"connection-{number}")
    ann.get(PAGE)
    with django_assert_num_queries(7 + len(PROVIDERS)):
        assert ann.get(PAGE).status_code == 200
