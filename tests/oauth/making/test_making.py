"""One button, and GitHub has made an App for us: what is posted there, and what is kept of what comes back."""

from urllib.parse import quote

import pytest

from audit.models import AuditEvent
from connections.models import Client, Instance
from sandbox.github import Sandbox
from tests.clients import Api
from tests.oauth.making.steps import APPS, NEW, ask, begin, create_there, created, make, posted
from tests.oauth.people import Person, text

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


def test_a_page_in_between_posts_the_manifest(ann: Person, github: Sandbox, instance: Instance) -> None:
    page = ask(ann, github, name="Acme")
    form = posted(page)
    assert form.address.startswith(f"{github.url}/settings/apps/new?state=")
    assert form.manifest["name"] == "Acme"
    assert form.manifest["redirect_url"] == f"{SITE}{APPS}/clients/made"
    assert form.manifest["callback_urls"] == [
        f"{SITE}{APPS}/oauth/callback/{instance.id}",
        f"{SITE}{APPS}/oauth/callback",
    ]
    assert "Continue to GitHub" in text(page)
    assert f"form-action 'self' {github.url};" in page["Content-Security-Policy"] + ";"
    assert "no-store" in page["Cache-Control"]


def test_an_organization_there_can_own_it(ann: Person, github: Sandbox, instance: Instance) -> None:
    form = posted(ask(ann, github, owner="acme"))
    assert form.address.startswith(f"{github.url}/organizations/acme/settings/apps/new?state=")
    ann.come_back(create_there(github, form))
    assert github.find_app(Client.objects.get().client_id).owner.login == "acme"


def test_what_was_made_is_kept_sealed(ann: Person, github: Sandbox, instance: Instance) -> None:
    client = make(ann, github)
    app = github.find_app(client.client_id)
    assert (client.instance, client.kind) == (instance, "app")
    held = client.open()
    assert list(held.secrets) == [app.client_secret]
    assert [key.strip() for key in held.private_keys] == [app.private_key.strip()]
    assert client.details["slug"] == app.slug
    assert client.details["page"].startswith(github.url)
    assert app.client_secret not in client.sealed_secrets


def test_it_is_recorded_without_any_secret(ann: Person, github: Sandbox, instance: Instance) -> None:
    client = make(ann, github, name="Recorded")
    (event,) = created()
    app = github.find_app(client.client_id)
    assert event.actor_id == ann.user.id
    assert event.subject_id == instance.id
    assert event.metadata == {
        "instanceId": str(instance.id),
        "app": "github",
        "url": github.url,
        "kind": "app",
        "name": "Recorded",
        "clientId": app.client_id,
        "replaced": None,
    }
    for kept in AuditEvent.objects.all():
        assert app.client_secret not in str(kept.metadata)


def test_the_page_of_the_instance_says_what_is_next(ann: Person, github: Sandbox, instance: Instance) -> None:
    answer = ann.come_back(begin(ann, github, name="Next steps"))
    page = ann.browser.get(answer["Location"])
    app = github.find_app(Client.objects.get().client_id)
    assert answer["Location"] == f"/organization/instances/github/{instance.id}"
    shown, markup = text(page), page.content.decode()
    assert "The GitHub App Next steps is created" in shown
    assert "press “Connect”" in shown
    connect = f"{APPS}/oauth/new?method=github-app&amp;instanceUrl={quote(github.url, safe='')}"
    assert f'href="{connect}"' in markup
    for part in (app.client_id, app.slug, str(app.id), "secrets : write", "Create it anew", "Forget it"):
        assert part in shown, part
    assert f'href="{github.url}/' in markup
    assert app.client_secret not in markup
    assert "PRIVATE KEY" not in markup
    assert github.url in ann.browser.get(f"{APPS}/oauth/new", {"method": "github-app"}).content.decode()
    assert app.client_id in text(ann.browser.get("/organization/instances"))


def test_the_api_tells_of_it_without_any_secret(
    ann: Person, admin: Api, github: Sandbox, instance: Instance
) -> None:
    client = make(ann, github)
    answer = admin.get(f"/api/v1/app-connections/github/instances/{instance.id}")
    assert answer.json()["instance"]["clients"] == [
        {"kind": "app", "clientId": client.client_id, "clientSecretCount": 1, "details": client.details}
    ]
    assert github.find_app(client.client_id).client_secret not in answer.content.decode()


def test_a_new_address_is_registered_first(ann: Person, github: Sandbox) -> None:
    form = posted(ask(ann, github, instanceUrl="https://github.com/", owner="acme"))
    assert form.address.startswith("https://github.com/organizations/acme/settings/apps/new?")
    registered = Instance.objects.get()
    assert registered.url == "https://github.com"
    assert form.manifest["callback_urls"][0].endswith(f"/callback/{registered.id}")
    assert AuditEvent.objects.get(type="create-app-connection-instance").subject_id == registered.id
    posted(ask(ann, github, instanceUrl="https://GitHub.com"))
    assert Instance.objects.count() == 1


def test_the_form_is_filled_in_as_far_as_can_be_known(ann: Person, github: Sandbox, instance: Instance) -> None:
    markup = ann.browser.get(NEW, {"instanceUrl": github.url}).content.decode()
    assert f'value="{github.url}"' in markup
    assert 'value="App Connections ' in markup
    assert "GitHub organization that will own it (optional)" in markup
    assert "Replace" not in markup


def test_the_page_of_what_is_not_set_up_leads_there(ann: Person, db: None) -> None:
    page = ann.browser.get(f"{APPS}/oauth/new", {"method": "github-app"})
    shown, markup = text(page), page.content.decode()
    assert f'action="{NEW}"' in markup
    assert 'value="https://github.com"' in markup
    assert shown.index("Recommended") < shown.index("For all")
    for name in ("CLIENT_ID", "CLIENT_SECRET", "PRIVATE_KEY", "SLUG", "ID", "HOST"):
        assert f"INF_APP_CONNECTION_GITHUB_APP_{name}" in shown


def test_a_client_is_replaced_once_somebody_agrees(ann: Person, github: Sandbox, instance: Instance) -> None:
    before = make(ann, github)
    assert f"There is a GitHub App for this address: {before.client_id}" in text(
        ann.browser.get(NEW, {"instanceUrl": github.url})
    )
    refused = ask(ann, github)
    assert refused.status_code == 422
    assert "Say that it may be replaced." in text(refused)
    after = make(ann, github, replaces="on")
    assert (after.id, after.client_id != before.client_id) == (before.id, True)
    assert sorted(str(event.metadata["replaced"]) for event in created()) == [before.client_id, "None"]
