"""What is made of a token answer: the usual one, and those that no GitLab gives."""

import time
from dataclasses import replace
from typing import Any

import pytest

from connections.providers.clients import Server
from connections.providers.errors import (
    AddressRefused,
    BadAnswer,
    BodyTooLarge,
    ConnectFailed,
    ConnectionBroken,
    NotJson,
    ProviderError,
    RateLimited,
    ReadTimedOut,
    Redirected,
    Refused,
    ServerFailed,
    TokenMissing,
)
from connections.providers.network import Network
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.connections import oauth
from tests.providers.hostile import IMPATIENT, LOOPBACK
from tests.providers.oauth2.calls import JSON, answer, exchange, refresh
from tests.server import free_port

# When the token ends


@pytest.mark.parametrize(
    ("fields", "ends_in"),
    [
        ({"expires_in": 7200, "created_at": 0}, 7200),
        ({"expires_in": 7200, "created_at": -50}, 7150),
        ({"expires_in": 7200, "created_at": 50}, 7250),
        ({"expires_in": 7200, "created_at": -3600}, 7200),
        ({"expires_in": 7200, "created_at": 3600}, 7200),
        ({"expires_in": 7200, "created_at": 10**12}, 7200),
        ({"expires_in": 7200}, 7200),
        ({"expires_in": "7200"}, 7200),
        ({"expires_in": 7200.5}, 7200.5),
        ({"expires_in": 10**30}, 10 * 365 * 86_400),
    ],
)
def test_a_token_ends_by_its_own_clock_or_where_that_is_wrong_by_ours(
    server: Server, gitlab: Sandbox, fields: dict[str, Any], ends_in: float
) -> None:
    """`created_at` is given here as seconds from now. An end is never too late by more than the skew."""
    asked_at = time.time()
    if "created_at" in fields:
        fields = {**fields, "created_at": fields["created_at"] + asked_at}
    answer(gitlab, {"access_token": "a", **fields})
    found = refresh(server, "some-token").expires_at
    assert found is not None
    assert abs(found.timestamp() - asked_at - ends_in) < 10


@pytest.mark.parametrize("value", [None, 0, -1, True, "soon", "", "-5", "\u0667", [7200], {"a": 1}])
def test_a_life_that_is_no_number_of_seconds_is_none(server: Server, gitlab: Sandbox, value: Any) -> None:
    answer(gitlab, {"access_token": "a", "expires_in": value})
    assert refresh(server, "some-token").expires_at is None


# Answers as no GitLab gives them


def test_unknown_fields_do_not_matter(server: Server, gitlab: Sandbox) -> None:
    answer(gitlab, {"access_token": "a", "id_token": "x", "granular": True, "": [1], "error": "none really"})
    assert refresh(server, "some-token").access_token == "a"


@pytest.mark.parametrize(
    "fields",
    [
        {"refresh_token": None, "scope": None, "token_type": None},
        {"refresh_token": 5, "scope": 5, "token_type": {}},
        {"refresh_token": "a\nb", "scope": ["api"], "token_type": ""},
        {"refresh_token": "a" * 20_000, "scope": {}, "created_at": "x"},
        {"refresh_token": "é"},
    ],
)
def test_fields_of_other_types_count_as_absent(server: Server, gitlab: Sandbox, fields: dict[str, Any]) -> None:
    answer(gitlab, {"access_token": "a", **fields})
    found = refresh(server, "some-token")
    assert (found.access_token, found.refresh_token, found.scopes) == ("a", None, None)


def test_scopes_are_bounded(server: Server, gitlab: Sandbox) -> None:
    answer(gitlab, {"access_token": "a", "scope": " ".join(["s" * 1000] * 1000)})
    found = refresh(server, "some-token").scopes
    assert found is not None
    assert len(found) <= 64
    assert max(map(len, found)) <= 255


ODD: list[tuple[str, type[ProviderError]]] = [
    ("{}", TokenMissing),
    ('{"access_token":null}', TokenMissing),
    ('{"access_token":""}', TokenMissing),
    ('{"access_token":"   "}', TokenMissing),
    ('{"access_token":"a\\u0000b"}', TokenMissing),
    ('{"error":"invalid_grant"}', TokenMissing),
    ('{"access_token":"a","expires_in":Infinity}', NotJson),
    ('{"access_token":"a","scope":"\\ud800"}', NotJson),
    ("null", NotJson),
    ("true", NotJson),
    ("5", NotJson),
    ('"text"', NotJson),
    ("[]", NotJson),
    ("[" * 100_000, NotJson),
    ("", NotJson),
    ("access_token=a&token_type=Bearer", NotJson),
    ("<html>", NotJson),
]


@pytest.mark.parametrize(("body", "kind"), ODD, ids=[body[:40] for body, _ in ODD])
def test_a_200_that_is_no_token_is_an_error(
    server: Server, gitlab: Sandbox, body: str, kind: type[ProviderError]
) -> None:
    answer(gitlab, body)
    for call in (refresh, exchange):
        with pytest.raises(kind) as error:
            call(server, "some-token")
        assert isinstance(error.value, BadAnswer)
        assert error.value.__cause__ is None
        assert error.value.__context__ is None, "it holds no request"


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("status", {"status": 404, "body": '{"access_token":"a"}', "headers": JSON}, Refused),
        ("status", {"status": 404, "body": "5", "headers": JSON}, NotJson),
        ("status", {"status": 404}, NotJson),
        ("status", {"status": 201, "body": '{"access_token":"a"}', "headers": JSON}, Refused),
        ("status", {"status": 500}, ServerFailed),
        ("rate-limit", {"retry_after": 30}, RateLimited),
        ("redirect", {"to": "https://example.com/oauth/token", "status": 307}, Redirected),
        ("huge", {"size": 6_000_000}, BodyTooLarge),
        ("huge", {"size": 20_000_000, "compressed": True}, BodyTooLarge),
        ("hang", {}, ReadTimedOut),
        ("drip", {}, ReadTimedOut),
        ("close", {}, ConnectionBroken),
        ("close", {"part": "body"}, ConnectionBroken),
    ],
)
def test_every_failure_is_a_provider_error(
    server: Server, gitlab: Sandbox, kind: str, options: dict[str, Any], expected: type[ProviderError]
) -> None:
    network = IMPATIENT if expected is ReadTimedOut else LOOPBACK
    gitlab.misbehave(kind, "/oauth/", **options)
    for call in (exchange, refresh):
        with pytest.raises(expected) as error:
            call(replace(server, network=network), "some-code-or-token")
        assert error.value.__context__ is None
    if kind == "rate-limit":
        assert error.value.retry_after == 30


def test_a_server_that_is_not_there_or_must_not_be_called_is_named(server: Server) -> None:
    gone = replace(server, url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ConnectFailed, match=r"127\.0\.0\.1"):
        refresh(gone, "some-token")
    with pytest.raises(AddressRefused):
        refresh(replace(server, network=Network()), "some-token")


def test_what_a_refusal_says_is_shown_with_the_redirect_uri_and_without_secrets(
    server: Server, gitlab: Sandbox, application: Application
) -> None:
    said = f"{oauth.CALLBACK} is not registered for {application.client_secret}, code the-code-sent"
    answer(gitlab, {"error": "invalid_request", "error_description": said}, status=400)
    with pytest.raises(Refused) as refused:
        exchange(server, "the-code-sent")
    assert f"{oauth.CALLBACK} is not registered for [secret], code [secret]" in refused.value.message
