"""Plant secrets, use everything, then look for them everywhere: answers, logs, audit rows, the database's bytes."""

import base64
import json
import logging
import subprocess
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection as database
from django.test import Client

from audit import log
from connections.models import AppConnection, DataKey
from organizations.models import User
from sandbox.gitlab import Sandbox
from tests.clients import SET_UP, Api, anonymous
from tests.config.operator_pages import operator_pages
from tests.connections.requests import BASE, GITLAB, body, project

pytestmark = pytest.mark.django_db(transaction=True)

TOKENS = [f"glpat-planted-marker-{number}-Zx9" for number in range(4)]
ELSEWHERE = "glpat-planted-typo-Zx9"
PASSWORD = "planted password Zx9"


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Every log line of the test, as the shipped handler writes it."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    root = logging.getLogger()
    collector = Collector(logging.DEBUG)
    collector.setFormatter(root.handlers[0].formatter)
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    yield lines
    root.setLevel(level)
    root.removeHandler(collector)


def spellings(secret: str) -> list[bytes]:
    """Return a secret as it might turn up: plain, in base64 and hex, quoted."""
    raw = secret.encode()
    return [raw, base64.b64encode(raw)[:-4], raw.hex().encode(), quote(secret, safe="").encode()]


def use_everything(gitlab: Sandbox) -> tuple[list[bytes], dict[str, str]]:
    """Walk through the API; returns every answer after the one that shows a secret, and those secrets."""
    for token in TOKENS:
        gitlab.personal_token(value=token)
    made = anonymous().post("/api/v1/admin/bootstrap", {**SET_UP, "password": PASSWORD}).json()
    api = Api(token=made["identity"]["credentials"]["token"])
    shown = {"password": PASSWORD, "admin token": api.token}
    answers = []

    def note(answer: object) -> dict[str, object]:
        answers.append(answer.content + repr(answer.headers).encode())  # type: ignore[attr-defined]
        parsed: dict[str, object] = json.loads(answer.content)  # type: ignore[attr-defined]
        return parsed

    identity = f"/api/v1/auth/universal-auth/identities/{made['identity']['id']}"
    note(api.post(identity, {}))
    secret = api.post(f"{identity}/client-secrets", {"description": "", "numUsesLimit": 0, "ttl": 0}).json()
    shown["client secret"] = secret["clientSecret"]
    client_id = api.get(identity).json()["identityUniversalAuth"]["clientId"]
    for given in (secret["clientSecret"], "wrong" + ELSEWHERE):
        credentials = {"clientId": client_id, "clientSecret": given}
        answer = anonymous().post("/api/v1/auth/universal-auth/login", credentials)
        if answer.status_code == 200:
            shown["access token"] = answer.json()["accessToken"]
        else:
            note(answer)
    note(api.get(f"{identity}/client-secrets"))
    note(api.get(f"{identity}/client-secrets/{secret['clientSecretData']['id']}"))

    project_id = project(api)
    one = note(api.post(GITLAB, body(gitlab, token=TOKENS[0])))["appConnection"]["id"]  # type: ignore[index]
    note(api.post(GITLAB, body(gitlab, token=TOKENS[1], projectId=project_id)))
    note(api.post(GITLAB, body(gitlab, token=TOKENS[1])))  # the name is taken
    note(api.post(GITLAB, body(gitlab, token=ELSEWHERE, name="refused")))
    note(api.post(GITLAB, body(gitlab, token=ELSEWHERE, name="Not Valid", rotation=ELSEWHERE)))
    broken = body(gitlab, name="no-address")
    broken["credentials"] |= {"instanceUrl": f"https://ann:{ELSEWHERE}@127.0.0.1/", "accessToken": ELSEWHERE}
    note(api.post(GITLAB, broken))
    note(api.patch(f"{GITLAB}/{one}", {"credentials": body(gitlab, token=TOKENS[2])["credentials"]}))
    for fault in ("html", "close", "not-json", "rate-limit"):
        gitlab.misbehave(fault, "/api/v4/projects", times=1)
        note(api.get(f"{GITLAB}/{one}/projects"))
    for path in (BASE, GITLAB, f"{GITLAB}/{one}", f"{GITLAB}/available", f"{GITLAB}/{one}/groups", "/api/schema"):
        note(api.get(path))
    AppConnection.objects.filter(pk=one).update(sealed_credentials="aes256gcm.broken")
    note(api.get(f"{GITLAB}/{one}/projects"))  # an internal error
    AppConnection.objects.filter(pk=one).delete()
    return answers, shown


def stored_bytes() -> bytes:
    """Return everything that the database holds: its very file on SQLite, every row as text elsewhere.

    The file is read by another process: one that closes a file gives up every lock that it has on it (fcntl(2)),
    those of SQLite's connections too, and then other processes ruin the database under their hands.
    """
    if database.vendor == "sqlite":
        with database.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return subprocess.run(
            ["/bin/cat", str(database.settings_dict["NAME"])], capture_output=True, check=True
        ).stdout
    with database.cursor() as cursor:
        dumped = []
        for table in database.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608  # our own tables
            dumped += [row[0] for row in cursor.fetchall()]
    return "\n".join(dumped).encode()


def test_no_secret_turns_up_anywhere(gitlab: Sandbox, logged: list[str]) -> None:
    answers, shown = use_everything(gitlab)
    log.buffer.flush()
    keys = [settings.SECRET_KEY, settings.ENCRYPTION_KEY]
    data_keys = [key.unwrap().material for key in DataKey.objects.all()]
    browser = Client(headers={"host": "127.0.0.1:8000"})
    browser.force_login(User.objects.get(email=SET_UP["email"]))
    places = {
        "an answer": b"\n".join(answers),
        "the operator's pages": b"\n".join(content for _, content in operator_pages(browser)),
        "the log": "\n".join(logged).encode(),
        "the database": stored_bytes(),
    }
    assert b"planted" not in places["the database"]
    for place, content in places.items():
        assert len(content) > 1000, place
        for secret in [*TOKENS, ELSEWHERE, *shown.values(), *keys]:
            for spelling in spellings(secret):
                assert spelling not in content, f"{secret} is in {place}"
        for material in data_keys:
            assert material not in content
            assert base64.b64encode(material) not in content


def test_the_objects_that_hold_secrets_do_not_print_them(gitlab: Sandbox, admin_connection: AppConnection) -> None:
    credentials = admin_connection.open_credentials()
    for shown in (str(admin_connection), repr(admin_connection), repr(admin_connection.data_key.unwrap())):
        assert credentials["accessToken"] not in shown


@pytest.fixture
def admin_connection(gitlab: Sandbox) -> AppConnection:
    from tests.clients import identity_with
    from tests.connections.requests import create

    create(identity_with(role="admin"), gitlab)
    return AppConnection.objects.get()
