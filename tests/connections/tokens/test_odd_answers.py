"""A token endpoint that answers as no GitLab and no GitHub does: an error with the cause, and nothing is stored."""

import socket
from typing import Any

import pytest

from connections import tokens
from connections.errors import TokenUnavailable
from connections.states import Status
from tests.connections.tokens.grantors import Grantor
from tests.connections.tokens.stored import FOUR_MINUTES, Stored, events
from tests.providers.hostile import Hostile, hostile

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"Content-Type": "application/json"}


def answered(status: int, body: str) -> dict[str, Any]:
    return {"kind": "status", "status": status, "body": body, "headers": JSON}


ANSWERS: dict[str, tuple[dict[str, Any], str]] = {
    "a 404 in JSON": (answered(404, '{"error":"404 Not Found"}'), "answered with status 404: 404 Not Found"),
    "a 404 that looks like a token": (answered(404, '{"access_token":"evil"}'), "answered with status 404"),
    "a 200 without a token": (answered(200, '{"token_type":"Bearer"}'), "without an access token"),
    "a token that is no text": (answered(200, '{"access_token":{"a":1}}'), "without an access token"),
    "a token with a line break": (answered(200, '{"access_token":"a\\nb"}'), "without an access token"),
    "a token that is endless": (answered(200, f'{{"access_token":"{"a" * 20_000}"}}'), "without an access token"),
    "HTML": ({"kind": "html"}, "an HTML page instead of JSON"),
    "broken JSON": ({"kind": "not-json"}, "not valid JSON"),
    "a number": (answered(200, "5"), "JSON that is not an object"),
    "nothing": (answered(200, "null"), "JSON that is not an object"),
    "a list": (answered(200, '["access_token"]'), "JSON that is not an object"),
    "a text": (answered(200, '"access_token"'), "JSON that is not an object"),
    "an empty body": (answered(200, ""), "not valid JSON"),
    "half a body": ({"kind": "close", "part": "body"}, "closed the connection"),
    "too much": ({"kind": "huge", "size": 6_000_000}, "sent more than 5 MiB"),
}


@pytest.mark.parametrize(("behaviour", "cause"), ANSWERS.values(), ids=ANSWERS)
def test_the_cause_is_named_and_nothing_is_stored(
    connection: Stored, grantor: Grantor, behaviour: dict[str, Any], cause: str
) -> None:
    before = connection.row
    grantor.sandbox.misbehave(path=grantor.token_endpoint, **behaviour)
    with pytest.raises(TokenUnavailable) as error:
        tokens.fresh(connection.id)
    assert cause in error.value.message
    row = connection.row
    assert cause in row.cause
    assert row.status == Status.FAILING
    assert (row.credentials_hash, row.token_expires_at) == (before.credentials_hash, before.token_expires_at)
    assert (row.scopes, row.public) == (before.scopes, before.public)
    assert events("refresh-app-connection-token") == []
    grantor.sandbox.behave()
    connection.time_passes(60)
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])


ERRORS_WITH_200: dict[str, tuple[str, str]] = {
    "gitlab": ('{"error":"invalid_grant"}', "without an access token"),
    "github": ('{"error":"unknown","error_description":"No idea."}', "answered with status 200: No idea."),
}


def test_a_200_with_an_error_is_no_token(connection: Stored, grantor: Grantor) -> None:
    body, cause = ERRORS_WITH_200[grantor.app]
    grantor.sandbox.misbehave(path=grantor.token_endpoint, **answered(200, body))
    with pytest.raises(TokenUnavailable) as error:
        tokens.fresh(connection.id)
    assert cause in error.value.message
    assert connection.row.status == Status.FAILING


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(connection: Stored, grantor: Grantor, status: int) -> None:
    connection.ends_in(FOUR_MINUTES)
    before = connection.token

    def accept(_: socket.socket, server: Hostile) -> None:
        server.called.set()

    with hostile(accept, at_once=True) as elsewhere:
        grantor.sandbox.misbehave(
            "redirect", grantor.token_endpoint, to=f"{elsewhere.url}/oauth/token", status=status
        )
        assert tokens.fresh(connection.id).credentials["accessToken"] == before
        assert "redirects to 127.0.0.1" in connection.row.cause
        assert not elsewhere.called.is_set()
    assert connection.token == before
    assert connection.row.refresh_unanswered_since is None, "nothing was carried out"
