import json
from typing import Any

import pytest
import requests

from sandbox.github import Sandbox
from tests.sandbox.github.client import CALLBACK, Client, query, refused, signed

MANIFEST: dict[str, Any] = {
    "name": "Connections of Acme",
    "url": "https://connections.example.com",
    "redirect_url": "http://localhost:8000/created?kept=1",
    "callback_urls": [CALLBACK],
    "request_oauth_on_install": True,
    "public": False,
    "default_permissions": {"actions": "read", "secrets": "write"},
    "default_events": ["push"],
    "hook_attributes": {"url": "https://connections.example.com/hook"},
}
OF_ACME = "/organizations/acme/settings/apps/new"


def convert(client: Client, code: str) -> requests.Response:
    return client.post(f"/api/v3/app-manifests/{code}/conversions", {})


def created(client: Client, path: str = OF_ACME, **changed: Any) -> dict[str, str]:
    return query(client.github.create_from_manifest(client.github.url + path, MANIFEST | changed, "st4te", "ann"))


def arrive(client: Client, manifest: Any, path: str = OF_ACME) -> requests.Response:
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    url = f"{client.github.url}{path}?state=st4te"
    return client.http.post(url, data={"manifest": text}, timeout=5)


def test_a_manifest_becomes_an_app_that_its_site_fetches(client: Client) -> None:
    back = created(client)
    assert back.keys() == {"kept", "code", "state"}
    assert back["state"] == "st4te"
    answer = convert(client, back["code"])
    assert answer.status_code == 201
    told = answer.json()
    app = client.github.find_app(told["client_id"])
    assert (told["id"], told["slug"], told["name"]) == (app.id, "connections-of-acme", "Connections of Acme")
    assert told["owner"]["login"] == "acme"
    assert told["permissions"] == {"actions": "read", "metadata": "read", "secrets": "write"}
    assert told["events"] == ["push"]
    assert told["external_url"] == "https://connections.example.com"
    assert told["html_url"] == f"{client.github.url}/github-apps/connections-of-acme"
    assert told["client_secret"] == app.client_secret
    assert told["webhook_secret"]
    assert {"node_id", "description", "created_at"} <= told.keys()
    assert client.get("/app", signed(app, key=told["pem"])).json()["id"] == told["id"]


def test_such_an_app_can_be_installed_and_authorized(client: Client) -> None:
    app = client.github.find_app(convert(client, created(client)["code"]).json()["client_id"])
    back = query(client.github.install_in_browser(client.install_url(app), "ann", "acme"))
    assert client.exchange(app, back["code"])["access_token"].startswith("ghu_")
    assert client.installation_token(app, int(back["installation_id"])).status_code == 201


def test_an_app_can_be_a_persons_own(client: Client) -> None:
    told = convert(client, created(client, "/settings/apps/new", hook_attributes={})["code"]).json()
    assert (told["owner"]["login"], told["webhook_secret"]) == ("ann", None)


def test_a_code_works_once(client: Client) -> None:
    code = created(client)["code"]
    assert convert(client, code).status_code == 201
    assert refused(convert(client, code), 404, "Not Found")
    assert refused(convert(client, "guess"), 404, "Not Found")


def test_a_code_works_for_an_hour(client: Client) -> None:
    early, late = created(client)["code"], created(client, name="Another")["code"]
    client.github.travel(3590)
    assert convert(client, early).status_code == 201
    client.github.travel(11)
    assert refused(convert(client, late), 404, "Not Found")


def test_the_manifest_waits_while_a_person_signs_in(client: Client) -> None:
    sign_in = arrive(client, MANIFEST)
    assert "Sign in to GitHub" in sign_in.text
    form = {"login": "ann", "password": "ann-password", "return_to": query(sign_in.url)["return_to"]}
    page = client.http.post(f"{client.github.url}/login", data=form, timeout=5)
    assert "<button>Create GitHub App for acme</button>" in page.text
    assert 'name="name" value="Connections of Acme"' in page.text
    naming = query(page.url) | {"name": "Named by Ann"}
    answer = client.http.post(page.url, data=naming, allow_redirects=False, timeout=5)
    assert answer.headers["Location"].startswith("http://localhost:8000/created?kept=1&code=")
    assert query(answer.headers["Location"])["state"] == "st4te"
    assert client.http.post(page.url, data=naming, timeout=5).status_code == 404


def test_a_form_of_another_site_brings_no_cookie_and_needs_none(client: Client) -> None:
    url = f"{client.github.url}{OF_ACME}?state=st4te"
    arrived = client.http.post(url, data={"manifest": json.dumps(MANIFEST)}, allow_redirects=False, timeout=5)
    client.sign_in("ann")
    assert (
        "SameSite=Lax"
        in client.http.post(
            f"{client.github.url}/login",
            data={"login": "ann", "password": "ann-password"},
            allow_redirects=False,
            timeout=5,
        ).headers["Set-Cookie"]
    )
    assert "<button>Create GitHub App for acme</button>" in client.page(arrived.headers["Location"]).text


def test_a_name_must_be_free_and_short(client: Client) -> None:
    client.app("Taken")
    client.sign_in("ann")
    page = arrive(client, MANIFEST)
    for name, complaint in (("taken", "Name is already taken"), ("x" * 35, "34 characters"), ("", "34 characters")):
        answer = client.http.post(page.url, data=query(page.url) | {"name": name}, timeout=5)
        assert answer.status_code == 422
        assert complaint in answer.text
    good = client.http.post(page.url, data=query(page.url) | {"name": "Free"}, allow_redirects=False, timeout=5)
    assert good.status_code == 302


@pytest.mark.parametrize(
    "manifest",
    [
        "no json",
        "[]",
        MANIFEST | {"url": None},
        MANIFEST | {"redirect_url": "javascript:alert(1)"},
        MANIFEST | {"callback_urls": [CALLBACK] * 11},
        MANIFEST | {"callback_urls": CALLBACK},
        MANIFEST | {"callback_urls": ["nowhere"]},
        MANIFEST | {"default_permissions": ["secrets"]},
        MANIFEST | {"hook_attributes": "https://connections.example.com/hook"},
    ],
)
def test_a_manifest_that_makes_no_app_is_refused(client: Client, manifest: Any) -> None:
    client.sign_in("ann")
    answer = arrive(client, manifest)
    assert answer.status_code == 422
    assert "Invalid GitHub App configuration" in answer.text


@pytest.mark.parametrize(("user", "login"), [("bob", "acme"), ("cyd", "acme"), ("ann", "nowhere"), ("ann", "bob")])
def test_only_owners_make_apps_of_an_organization(github: Sandbox, user: str, login: str) -> None:
    form_url = f"{github.url}/organizations/{login}/settings/apps/new"
    with pytest.raises(ValueError, match="404"):
        github.create_from_manifest(form_url, MANIFEST, "st4te", user)
    assert github.hub.applications.apps() == []


def test_a_page_without_a_manifest_is_not_found(client: Client) -> None:
    client.sign_in("ann")
    assert client.page(f"{client.github.url}{OF_ACME}").status_code == 404
