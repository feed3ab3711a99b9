"""Requests about registered instances, as the tests of this folder make them."""

from typing import Any

from connections import keys
from connections.models import Client, ClientSecrets, Instance
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.clients import Api
from tests.connections import oauth
from tests.connections.requests import BASE, GITLAB

INSTANCES = f"{GITLAB}/instances"
GITHUB_INSTANCES = f"{BASE}/github/instances"
NOBODY = "3c90c3cc-0d44-4b50-8888-8dd25736052a"


def register(api: Api, url: str = "https://gitlab.example.com", **fields: Any) -> dict[str, Any]:
    """Register an instance and return it."""
    answer = api.post(INSTANCES, {"instanceUrl": url, **fields})
    assert answer.status_code == 200, answer.content
    instance: dict[str, Any] = answer.json()["instance"]
    return instance


def refusal(api: Api, url: str = "https://gitlab.example.com", **fields: Any) -> str:
    """Try to register an instance, and return why it is refused."""
    answer = api.post(INSTANCES, {"instanceUrl": url, **fields})
    assert answer.status_code == 400, answer.content
    message: str = answer.json()["message"]
    return message


def application_at(gitlab: Sandbox) -> Application:
    return gitlab.application(redirect_uris=[oauth.CALLBACK], scopes=oauth.SCOPES)


def register_with_client(
    api: Api, gitlab: Sandbox, application: Application, *secrets: str, **fields: Any
) -> dict[str, Any]:
    """Register a sandbox with an OAuth client there; its own secret unless others are given."""
    instance = register(
        api,
        gitlab.url,
        clientId=application.client_id,
        clientSecrets=list(secrets or [application.client_secret]),
        allowPrivate=True,
        **fields,
    )
    application.redirect_uris = (*application.redirect_uris, instance["redirectUri"])
    return instance


def register_with_app(api: Api, held: ClientSecrets) -> dict[str, Any]:
    """Register github.com with a GitHub App of which this is held."""
    answer = api.post(GITHUB_INSTANCES, {"instanceUrl": "https://github.com"})
    assert answer.status_code == 200, answer.content
    made: dict[str, Any] = answer.json()["instance"]
    instance = Instance.objects.get(pk=made["id"])
    client = Client(instance=instance, kind="app", client_id="Iv1.present", details={"slug": "acme"})
    client.seal(held, keys.current_key(instance.organization_id))
    client.save()
    return made


def connect(
    api: Api, gitlab: Sandbox, application: Application, *, name: str = "by-oauth", url: str = ""
) -> dict[str, Any]:
    """Create a connection by OAuth and return it."""
    credentials = {"code": oauth.code(gitlab, application), "instanceUrl": url or gitlab.url}
    answer = api.post(GITLAB, {"name": name, "method": "oauth", "credentials": credentials})
    assert answer.status_code == 200, answer.content
    connection: dict[str, Any] = answer.json()["appConnection"]
    return connection
