"""The operator's clients are at a GitHub Enterprise Server, and an organization has its own at github.com."""

import socket
from typing import Any

import pytest

from connections import keys
from connections.models import AppConnection, Client, ClientSecrets, Instance
from sandbox.github import Sandbox
from tests.clients import the_organization
from tests.connections.github import world
from tests.oauth.failing import failed
from tests.oauth.people import asked, person, text
from tests.oauth.ways import GITHUB, GITHUB_APP, Way

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

URL = "https://github.com"


@pytest.fixture
def at_github_com(monkeypatch: pytest.MonkeyPatch) -> Instance:
    """The instance, whose name leads nowhere."""
    look_up = socket.getaddrinfo

    def answer(host: Any, *args: Any, **kwargs: Any) -> Any:
        if str(host).endswith("github.com"):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    instance = Instance.objects.create(organization_id=the_organization().id, app="github", url=URL)
    for kind in ("oauth", "app"):
        client = Client(instance=instance, kind=kind, client_id=f"Iv1.{kind}", details={"slug": "ours"})
        secrets = ClientSecrets(["secret-at-github-com"], world.private_key())
        client.seal(secrets, keys.current_key(instance.organization_id))
        client.save()
    return instance


@pytest.mark.parametrize(
    ("way", "use"), [(GITHUB, "secret-sync"), (GITHUB_APP, "install"), (GITHUB_APP, "installed")]
)
def test_a_code_goes_to_the_github_that_it_is_from(
    github: Sandbox, at_github_com: Instance, way: Way, use: str
) -> None:
    ann = person(way=way)
    there = ann.start(instanceUrl=URL, use=use)["Location"]
    assert there.startswith(f"{URL}/")
    query = {"state": asked(there)["state"], "code": "code-of-github-com"}
    if use == "install":
        query["installation_id"] = "7"
    callback = f"{way.pages}/callback/{at_github_com.id}"
    page = ann.browser.get(callback, query)
    assert [request.body for request in github.requests] == []
    failed(page, 400, "Could not resolve hostname")


@pytest.mark.parametrize("way", [GITHUB, GITHUB_APP])
def test_so_does_the_code_of_a_reconnect(github: Sandbox, at_github_com: Instance, way: Way) -> None:
    ann = person(way=way)
    connection = AppConnection(
        organization_id=at_github_com.organization_id,
        app=way.app,
        method=way.method,
        name="there",
        verified_at=at_github_com.created_at,
    )
    connection.seal({"installationId": "7"}, keys.current_key(at_github_com.organization_id))
    connection.save()
    there = ann.reconnect(connection.id)["Location"]
    assert there.startswith(f"{URL}/")
    query = {"state": asked(there)["state"], "code": "code-of-github-com"}
    page = ann.browser.get(f"{way.pages}/callback/{at_github_com.id}", query)
    assert [request.body for request in github.requests] == []
    assert "Could not resolve hostname" in text(page)
