"""A hostile or careless server repeats what we sent: nothing of it is found in any log line, row or answer."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core import serializers

from audit.models import AuditEvent
from connections import tokens
from connections.errors import TokenUnavailable
from connections.models import AppConnection
from tests.clients import Api
from tests.connections.tokens.grantors import Grantor
from tests.connections.tokens.stored import Stored

pytestmark = pytest.mark.django_db(transaction=True)

PIECE = 12  # characters; so few of a secret are no accident
ECHOES = {
    "plain": "no such grant: {secret}",
    "quoted": "no such grant: {quoted}",
    "cut off": "x" * 230 + "{secret}",
    "often": "{secret} " * 200,
    "in the middle of long text": "x" * 200 + "{secret}" + "x" * 5000,
}


def echo(grantor: Grantor, path: str, template: str, secrets: list[str]) -> None:
    """Let an endpoint refuse whatever comes, and repeat `secrets` in every field of its answer."""
    texts = [template.format(secret=secret, quoted=quote(secret, safe="")) for secret in secrets]
    said = " ".join(texts) if len(texts[0]) < 100 else texts[0]
    body = {"error": secrets[0], "error_description": said, "message": said, "scope": said}
    headers = {"Content-Type": "application/json"}
    grantor.sandbox.misbehave("status", path, status=400, body=json.dumps(body), headers=headers)


@pytest.fixture
def lines(logged: list[str]) -> Iterator[list[str]]:
    """Every log line of ours at every level. The sandbox, in the same process, logs the tokens that it issues."""
    sandbox = logging.getLogger("authlib.oauth2.rfc6749")
    sandbox.setLevel(logging.INFO)
    yield logged
    sandbox.setLevel(logging.NOTSET)


def assert_absent(secrets: list[str], *places: str) -> None:
    """Look for every piece of every secret, in all that was logged, stored and answered."""
    stored = serializers.serialize("json", [*AppConnection.objects.all(), *AuditEvent.objects.all()])
    for secret in secrets:
        for start in range(len(secret) - PIECE + 1):
            piece = secret[start : start + PIECE]
            for place in (stored, *places):
                assert piece not in place


@pytest.mark.parametrize("template", ECHOES.values(), ids=ECHOES)
def test_a_refresh_leaks_nothing(connection: Stored, grantor: Grantor, lines: list[str], template: str) -> None:
    credentials = connection.credentials
    secrets = [credentials["refreshToken"], grantor.application.client_secret, credentials["accessToken"]]
    echo(grantor, grantor.token_endpoint, template, secrets[:2])
    with pytest.raises(TokenUnavailable) as error:
        tokens.fresh(connection.id)
    answer = connection.list().content.decode()
    assert_absent(secrets, str(error.value), error.value.message, answer, "\n".join(lines))


@pytest.mark.parametrize("template", ECHOES.values(), ids=ECHOES)
def test_an_exchange_leaks_nothing(admin: Api, grantor: Grantor, lines: list[str], template: str) -> None:
    credentials = grantor.credentials()
    secrets = [credentials["code"], grantor.application.client_secret]
    echo(grantor, grantor.token_endpoint, template, secrets)
    answer = admin.post(grantor.path, {"name": "by-oauth", "method": "oauth", "credentials": credentials})
    assert answer.status_code == 400
    assert_absent(secrets, answer.content.decode(), "\n".join(lines))


@pytest.mark.parametrize("template", ECHOES.values(), ids=ECHOES)
def test_a_revocation_leaks_nothing(connection: Stored, grantor: Grantor, lines: list[str], template: str) -> None:
    credentials = connection.credentials
    secrets = [grantor.named_in_revocation(credentials), grantor.application.client_secret]
    echo(grantor, grantor.revoked_at, template, secrets)
    answer = connection.api.delete(connection.path)
    assert answer.status_code == 200
    secrets += [credentials["refreshToken"], credentials["accessToken"]]
    assert_absent(secrets, answer.content.decode(), "\n".join(lines))


def test_what_works_leaks_nothing_either(connection: Stored, grantor: Grantor, lines: list[str]) -> None:
    before = connection.credentials
    found = tokens.fresh(connection.id)
    assert connection.reconnect().status_code == 200
    answer: Any = connection.api.get(connection.path)
    last = connection.credentials
    secrets = [grantor.application.client_secret]
    for credentials in (before, found.credentials, last):
        secrets += [str(credentials["accessToken"]), str(credentials["refreshToken"])]
    assert_absent(secrets, answer.content.decode(), "\n".join(lines), repr(found), repr(found.connection))


def test_a_refresh_that_breaks_inside_leaks_nothing(
    connection: Stored, grantor: Grantor, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traceback is logged, without the values."""
    credentials = connection.credentials
    monkeypatch.setattr(AppConnection, "settle", None)
    with pytest.raises(TokenUnavailable):
        tokens.fresh(connection.id)
    assert any("a refresh failed" in line and "TypeError" in line for line in lines)
    assert_absent([credentials["accessToken"], credentials["refreshToken"]], "\n".join(lines))
