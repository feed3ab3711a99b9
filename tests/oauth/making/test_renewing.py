"""The keys of an App are renewed on a page of its own, and connections that failed for the old ones heal."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import AuditEvent
from connections import tokens
from connections.errors import TokenUnavailable
from connections.models import AppConnection, Client, ClientSecrets
from connections.states import Status
from organizations.services import create_organization
from sandbox.github import Sandbox
from sandbox.github.applications import App, new_private_key
from tests.clients import Api
from tests.connections.github import world
from tests.connections.instances.requests import register
from tests.connections.web.instances import error_at
from tests.oauth.making.steps import known_there, make
from tests.oauth.people import Person, person, text

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db

KEY, OTHER_KEY = new_private_key(), new_private_key()
SECRET = "secret-of-nobody-else"


@pytest.fixture
def above(ann: Person) -> str:
    """The page of github.com, where we have an App."""
    return f"/organization/instances/github/{known_there(ann).id}"


@pytest.fixture
def page(above: str) -> str:
    return f"{above}/clients/app/keys"


def held() -> ClientSecrets:
    return Client.objects.get().open()


def pem_file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("app.private-key.pem", content, "application/x-pem-file")


# The page


def test_it_says_what_to_do_in_which_order(ann: Person, above: str, page: str) -> None:
    client = Client.objects.get()
    client.details |= {"page": "https://github.com/apps/acme-present"}
    client.save()
    assert f'href="{page}"' in ann.browser.get(above).content.decode()
    answer = ann.browser.get(page)
    shown = text(answer)
    assert "Renew the keys of the GitHub App of https://github.com" in shown
    steps = [
        "Make a new private key or client secret for Iv1.present",
        "Give it here",
        "reconnect a connection",
        "Delete the old",
    ]
    assert sorted(steps, key=shown.index) == steps
    assert 'href="https://github.com/apps/acme-present"' in answer.content.decode()


def test_what_is_given_is_held_and_not_shown(
    ann: Person, above: str, page: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = ann.browser.post(page, {"addClientSecret": SECRET, "privateKey": KEY.replace("\n", "\\n")})
    assert answer["Location"] == above
    assert held() == ClientSecrets([SECRET, "secret-of-the-app"], [KEY])
    shown = ann.browser.get(above)
    assert "From now on the GitHub App of https://github.com goes by the new keys." in text(shown)
    nothing_of_it_in(shown, ann.browser.get(page))
    event = AuditEvent.objects.get(type="update-app-connection-client")
    assert event.metadata["changed"] == ["clientSecrets", "privateKey"]
    assert event.actor_id == ann.user.id
    assert page in caplog.text
    for given in (SECRET, KEY.splitlines()[3]):
        assert given not in f"{caplog.text} {event.metadata}"


def test_a_file_takes_the_place_of_the_text(ann: Person, page: str) -> None:
    sent = {"privateKey": OTHER_KEY, "keyFile": pem_file(b"\xef\xbb\xbf" + KEY.encode())}
    assert ann.browser.post(page, sent).status_code == 302
    assert held() == ClientSecrets(["secret-of-the-app"], [KEY])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"privateKey": f"<script>{SECRET}</script>"}, "This is no private key, or a damaged one"),
        ({"privateKey": KEY[:900]}, "The private key is cut off"),
        ({"privateKey": SECRET * 5000}, "This is longer than any private key"),
        ({"keyFile": pem_file(b"\x00\xff\xfe" * 50_000)}, "This is longer than any private key"),
        ({"keyFile": pem_file(b"\xff\xfe\x00")}, "This is no private key, or a damaged one"),
        ({"privateKey": KEY, "keyFile": pem_file(KEY.encode("utf-16"))}, "This is no private key"),
    ],
    ids=["HTML", "cut off", "huge", "huge file", "binary file", "file in UTF-16"],
)
def test_a_bad_key_is_refused_where_it_was_given(ann: Person, page: str, sent: Any, said: str) -> None:
    before = Client.objects.values().get()
    answer = ann.browser.post(page, {"addClientSecret": SECRET, **sent})
    assert said in error_at(answer, "privateKey")
    nothing_of_it_in(answer)
    assert Client.objects.values().get() == before


@pytest.mark.parametrize(
    ("secret", "said"), [("sécret", "of ASCII are possible"), ("x" * 1025, "A secret has at most 1024")]
)
def test_a_bad_secret_is_refused_where_it_was_given(ann: Person, page: str, secret: str, said: str) -> None:
    answer = ann.browser.post(page, {"addClientSecret": secret, "privateKey": KEY})
    assert said in error_at(answer, "addClientSecret")
    assert secret not in answer.content.decode()
    assert held() == ClientSecrets(["secret-of-the-app"])


@pytest.mark.parametrize("sent", [{"addClientSecret": ""}, {"privateKey": " \n", "keyFile": pem_file(b"")}])
def test_something_has_to_be_given(ann: Person, page: str, sent: Any) -> None:
    answer = ann.browser.post(page, sent)
    assert answer.status_code == 422
    assert "Fill in what is to be renewed." in text(answer)
    assert not AuditEvent.objects.filter(type="update-app-connection-client").exists()


def test_a_kind_without_a_private_key_is_asked_for_none(ann: Person, admin: Api) -> None:
    made = register(admin, clientId="id-1", clientSecrets=["first"])
    page = f"/organization/instances/gitlab/{made['id']}/clients/oauth/keys"
    shown = ann.browser.get(page).content.decode()
    assert "private key" not in shown
    assert "keyFile" not in shown
    assert ann.browser.post(page, {"privateKey": KEY}).status_code == 422
    assert ann.browser.post(page, {"addClientSecret": SECRET, "privateKey": KEY}).status_code == 302
    assert held() == ClientSecrets([SECRET, "first"])


@pytest.mark.parametrize("kind", ["oauth", "x"])
def test_what_is_not_there_cannot_be_renewed(ann: Person, page: str, kind: str) -> None:
    absent = page.replace("/app/", f"/{kind}/")
    assert ann.browser.get(absent).status_code == 404
    assert ann.browser.post(absent, {"addClientSecret": SECRET}).status_code == 404


def test_only_admins_of_its_organization_renew_them(ann: Person, above: str, page: str) -> None:
    bob = person(email="bob@example.com", role="member")
    eve = person(email="eve@example.com", organization=create_organization(name="Out"))
    for somebody, status in ((bob, 403), (eve, 404)):
        assert somebody.browser.get(page).status_code == status
        assert somebody.browser.post(page, {"addClientSecret": SECRET}).status_code == status
    assert held() == ClientSecrets(["secret-of-the-app"])
    assert "Renew keys" not in text(bob.browser.get(above))


def nothing_of_it_in(*answers: "Response") -> None:
    for answer in answers:
        page = answer.content.decode()
        for given in (SECRET, KEY.splitlines()[3]):
            assert given not in page


# What it is for


def connect(admin: Api, github: Sandbox, app: App) -> AppConnection:
    """Install the App on ann's own account, which owns it, and connect by it."""
    back = world.installed(github, app, account="ann")
    credentials = {
        "code": back["code"],
        "installationId": back["installation_id"],
        **world.of_server(github),
    }
    given = {"name": "by-app", "method": "github-app", "credentials": credentials}
    answer = admin.post("/api/v1/app-connections/github", given)
    assert answer.status_code == 200, answer.content
    return AppConnection.objects.get()


def by_page(ann: Person, admin: Api, client: Client, key: str) -> "Response":
    page = f"/organization/instances/github/{client.instance_id}/clients/app/keys"
    return ann.browser.post(page, {"keyFile": pem_file(key.encode())})


def by_rest(ann: Person, admin: Api, client: Client, key: str) -> "Response":
    path = f"/api/v1/app-connections/github/instances/{client.instance_id}/clients/app"
    return admin.patch(path, {"privateKey": key})


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("instance")
@pytest.mark.parametrize("renew", [by_page, by_rest])
def test_a_connection_that_failed_for_the_old_key_heals_at_once(
    ann: Person, admin: Api, github: Sandbox, renew: Callable[..., "Response"]
) -> None:
    client = make(ann, github)
    app = github.find_app(client.client_id)
    connection = connect(admin, github, app)
    key = app.renew_private_key()
    AppConnection.objects.update(token_expires_at=timezone.now())
    with pytest.raises(TokenUnavailable):
        tokens.fresh(connection.id)
    failed = AppConnection.objects.get()
    assert failed.status == Status.FAILING
    assert failed.refresh_not_before
    assert failed.cure.startswith("Set the GitHub App's id, private key and present secret in ")
    assert (
        "_APP_PRIVATE_KEY, INF_APP_CONNECTION_GITHUB_APP_SLUG and INF_APP_CONNECTION_GITHUB_APP_ID" in failed.cure
    )
    assert "or by “Renew keys” at the registered instance." in failed.cure
    assert renew(ann, admin, client, key).status_code in {200, 302}
    assert AppConnection.objects.get().refresh_not_before is None
    assert admin.get(f"/api/v1/app-connections/github/{connection.id}/repositories").status_code == 200
    assert AppConnection.objects.get().status == Status.HEALTHY
