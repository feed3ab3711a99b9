"""Plant GitHub's secrets, use everything, then look for them in answers, logs, audit rows, the database."""

import base64
import json
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from audit import log
from connections import health
from connections.models import AppConnection
from organizations.models import User
from sandbox.github import Sandbox
from sandbox.github.installations import InstallationToken
from tests.clients import SET_UP, Api, bootstrap
from tests.config.operator_pages import operator_pages
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, METHODS, body, create
from tests.connections.requests import BASE
from tests.connections.test_secrets_never_leak import logged, spellings, stored_bytes  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)

TYPO = "ghp_planted-typo-of-a-token-Zx9"


class Walk:
    """Somebody who uses everything. `secrets` is what they gave; `answers` all that they got."""

    def __init__(self, github: Sandbox) -> None:
        self.github = github
        self.api = bootstrap()
        self.secrets = [TYPO]
        self.answers: list[bytes] = []

    def note(self, answer: Any) -> Any:
        self.answers.append(answer.content + repr(answer.headers).encode())
        return json.loads(answer.content)

    def given(self, method: str, **fields: Any) -> dict[str, Any]:
        given = body(self.github, method, **fields)
        self.secrets.append(given["credentials"]["personalAccessToken" if method == "pat" else "code"])
        return given

    def create_each(self) -> None:
        for method in METHODS:
            made = self.note(self.api.post(GITHUB, self.given(method, name=f"by-{method}")))["appConnection"]
            self.use(f"{GITHUB}/{made['id']}", method)

    def use(self, path: str, method: str) -> None:
        self.note(self.api.patch(path, {"credentials": self.given(method)["credentials"]}))
        query = {"owner": "acme", "repo": "api"}
        for fault in ("html", "close", "not-json", "rate-limit", "status"):
            self.github.misbehave(fault, "/api/v3", times=1)
            self.note(self.api.get(f"{path}/repositories"))
            self.github.behave()
        for listed in ("repositories", "organizations", "environments"):
            self.note(self.api.get(f"{path}/{listed}", query))
        self.note(self.api.get(path))

    def be_refused(self) -> None:
        for method in METHODS:
            for fault in ("close", "html", "not-json", "status", "redirect"):
                options: dict[str, Any] = {"to": "https://example.com/"} if fault == "redirect" else {}
                given = self.given(method, name="refused")
                self.github.misbehave(fault, "/", **options)
                self.note(self.api.post(GITHUB, given))
                self.github.behave()
            self.note(self.api.post(GITHUB, self.given(method, name="Not Valid", rotation=TYPO)))
            self.note(self.api.post(GITHUB, self.given(method, name=f"by-{method}")))  # taken
        self.note(self.api.post(GITHUB, body(self.github, token=TYPO, name="refused")))
        self.be_echoed()

    def be_echoed(self) -> None:
        """A GitHub that repeats what it was sent."""
        given = self.given("pat", name="refused")
        said = {"message": f"I was sent {given['credentials']['personalAccessToken']}"}
        headers = {"Content-Type": "application/json"}
        self.github.misbehave("status", "/api/v3/user", status=403, body=json.dumps(said), headers=headers)
        self.note(self.api.post(GITHUB, given))
        self.github.behave()

    def read(self) -> None:
        for path in (BASE, GITHUB, f"{GITHUB}/available", f"{BASE}/options", "/api/schema"):
            self.note(self.api.get(path))
        for connection in AppConnection.objects.all():
            health.check(connection.id)


def issued(github: Sandbox) -> list[str]:
    """Return every token that this GitHub gave to a client of ours: ghs_, ghu_, gho_ and ghr_."""
    tokens = list(github.hub.tokens._by_value.values())
    of_clients = [each for each in tokens if isinstance(each, InstallationToken) or each.application]
    return [each.value for each in of_clients] + list(github.hub.tokens._by_refresh)


def key_spellings(pem: str) -> list[str]:
    """Return the lines of a private key, each of them long enough to be found."""
    return [line for line in pem.splitlines() if len(line) == 64]


def test_no_secret_turns_up_anywhere(clients: None, github: Sandbox, logged: list[str]) -> None:  # noqa: F811
    walk = Walk(github)
    walk.create_each()
    walk.be_refused()
    walk.read()
    log.buffer.flush()
    app, application = world.app_at(github), world.application_at(github)
    secrets = [*walk.secrets, *issued(github), app.client_secret, application.client_secret]
    kinds = {secret[:4] for secret in secrets}
    assert kinds >= {"ghp_", "ghs_", "ghu_", "ghr_", "gho_"}
    browser = Client(headers={"host": "127.0.0.1:8000"})
    browser.force_login(User.objects.get(email=SET_UP["email"]))
    places = {
        "an answer": b"\n".join(walk.answers),
        "the operator's pages": b"\n".join(content for _, content in operator_pages(browser)),
        "the log": "\n".join(logged).encode(),
        "the database": stored_bytes(),
    }
    for place, content in places.items():
        assert len(content) > 1000, place
        for secret in [*secrets, *key_spellings(app.private_key), django_settings.ENCRYPTION_KEY]:
            for spelling in spellings(secret):
                assert spelling not in content, f"{secret} is in {place}"
        assert b"PRIVATE KEY" not in content, place
        assert b"Bearer ey" not in content, place
        assert base64.b64encode(f"{app.client_id}:{app.client_secret}".encode()) not in content, place


@pytest.mark.parametrize("method", METHODS)
def test_the_objects_that_hold_secrets_do_not_print_them(
    admin: Api, clients: None, github: Sandbox, method: str
) -> None:
    create(admin, github, method)
    stored = AppConnection.objects.get()
    secret = stored.open_credentials()["personalAccessToken" if method == "pat" else "accessToken"]
    for shown in (str(stored), repr(stored), repr(stored.way), str(stored.details), str(stored.account)):
        assert secret not in shown
