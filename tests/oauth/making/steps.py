"""The way to a GitHub App that GitHub makes for us: the form, what is posted there, and the way back."""

import itertools
import json
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from audit.models import AuditEvent
from connections import instances, keys
from connections.models import AppConnection, Client, ClientSecrets, Instance
from connections.providers import PROVIDERS
from sandbox.github import Sandbox
from tests.oauth.people import Person, asked, text
from tests.pages.world import principal

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

APPS = "/organization/app-connections/github"
NEW = f"{APPS}/clients/app/new"
MADE = f"{APPS}/clients/made"
FORM = re.compile(r'<form method="post" action="([^"]*)" data-submits-itself>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Posted:
    """The form that a person's browser posts to GitHub."""

    address: str
    manifest: dict[str, Any]

    @property
    def state(self) -> str:
        return asked(self.address)["state"]


def ask(somebody: Person, github: Sandbox, **fields: Any) -> "Response":
    """Send our form, for a name that no other App of this GitHub has."""
    filled = {"instanceUrl": github.url, "owner": "", "name": f"Acme {next(NUMBERS)}", **fields}
    return somebody.browser.post(NEW, filled)


def posted(answer: "Response") -> Posted:
    """Return what the page in between posts."""
    assert answer.status_code == 200, text(answer)
    found = FORM.search(answer.content.decode())
    assert found, text(answer)
    fields = {name: unescape(value) for name, value in FIELD.findall(found[2])}
    assert list(fields) == ["manifest"]
    return Posted(unescape(found[1]), json.loads(fields["manifest"]))


def create_there(github: Sandbox, form: Posted, user: str = "ann") -> str:
    """Create the App at GitHub, and return the address that it sends the browser back to."""
    return github.create_from_manifest(form.address, form.manifest, form.state, user)


def begin(somebody: Person, github: Sandbox, **fields: Any) -> str:
    """Go as far as GitHub, and return the address that it sends the browser back to."""
    return create_there(github, posted(ask(somebody, github, **fields)))


def make(somebody: Person, github: Sandbox, **fields: Any) -> Client:
    """Go the whole way, and return the client that we have then."""
    answer = somebody.come_back(begin(somebody, github, **fields))
    assert answer.status_code == 302, text(answer)
    return Client.objects.select_related("instance", "data_key").get()


def came_back(somebody: Person, **query: str) -> "Response":
    return somebody.browser.get(f"{MADE}?{urlencode(query)}")


def failed(answer: "Response", status: int, *said: str) -> "Response":
    """Look at the page of a failure, after which nothing is stored."""
    shown = text(answer)
    assert answer.status_code == status, shown
    assert "text/html" in answer["Content-Type"]
    for part in said:
        assert part in shown
    assert "Go to the instances" in shown
    assert "no-store" in answer["Cache-Control"]
    assert not Client.objects.exists()
    assert created() == []
    return answer


def created() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(type="create-app-connection-client"))


def known_there(somebody: Person) -> Instance:
    """Register github.com with an App of which nothing but its row is there."""
    instance = instances.register(principal(somebody.user), PROVIDERS["github"], url="https://github.com")
    client = Client(instance=instance, kind="app", client_id="Iv1.present", details={"slug": "acme-present"})
    client.seal(ClientSecrets(["secret-of-the-app"]), keys.current_key(instance.organization_id))
    client.save()
    return instance


def depend_on(instance: Instance) -> None:
    """Have a connection that was granted to the App there."""
    connection = AppConnection(
        organization_id=instance.organization_id,
        app="github",
        method="github-app",
        name="granted",
        public=dict(PROVIDERS["github"].credentials_at(instance.url)),
        verified_at=instance.created_at,
    )
    connection.seal({"installationId": "1"}, keys.current_key(instance.organization_id))
    connection.save()
