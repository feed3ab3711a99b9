"""Consent, exchange, refresh and revocation, against a GitLab on a socket."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from connections.providers import oauth2
from connections.providers.clients import Server
from connections.providers.errors import (
    ClientMissing,
    NotJson,
    ReadTimedOut,
    Refused,
)
from connections.providers.gitlab import oauth as gitlab_oauth
from connections.providers.journeys import Consent, Use
from connections.providers.network import Network
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.connections import oauth
from tests.providers.hostile import IMPATIENT
from tests.providers.oauth2.calls import JSON, exchange, refresh, revoke, with_secrets

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


# Where a person is sent


def test_the_address_for_consent_asks_for_a_code_with_an_s256_challenge(server: Server) -> None:
    consent = Consent(use=Use("sync", "Sync", ("api", "read_repository")), state="the-state", verifier=VERIFIER)
    url = urlsplit(oauth2.authorize_url(server, f"{server.url}/oauth/authorize", consent))
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{server.url}/oauth/authorize"
    assert parse_qs(url.query) == {
        "client_id": [oauth2.client_of(server).id],
        "redirect_uri": [oauth.CALLBACK],
        "response_type": ["code"],
        "scope": ["api read_repository"],
        "state": ["the-state"],
        "code_challenge": [CHALLENGE],
        "code_challenge_method": ["S256"],
    }
    assert VERIFIER not in url.query


def test_without_a_client_nobody_is_sent_anywhere(server: Server) -> None:
    consent = Consent(use=Use("sync", "Sync", ("api",)), state="s", verifier=VERIFIER)
    with pytest.raises(ClientMissing, match="There is no OAuth client for"):
        oauth2.authorize_url(replace(server, client=None), f"{server.url}/oauth/authorize", consent)


# A code for tokens


def test_a_code_with_its_verifier_gives_tokens(server: Server, gitlab: Sandbox, application: Application) -> None:
    consent = Consent(use=Use("sync", "Sync", ("api", "read_repository")), state="s", verifier=VERIFIER)
    back = gitlab.approve(oauth2.authorize_url(server, f"{server.url}/oauth/authorize", consent))
    code = parse_qs(urlsplit(back).query)["code"][0]
    with pytest.raises(Refused, match="code_verifier"):
        exchange(server, code)
    with pytest.raises(Refused) as wrong:
        exchange(server, code, "w" * 64)
    assert wrong.value.code == "invalid_grant"
    found = exchange(server, code, VERIFIER)
    assert found.scopes == ("api", "read_repository")
    assert found.refresh_token
    assert found.token_type == "Bearer"
    assert found.access_token not in repr(found)
    assert found.refresh_token not in repr(found)


def test_a_code_that_was_asked_for_without_a_challenge_needs_no_verifier(
    server: Server, gitlab: Sandbox, application: Application
) -> None:
    assert exchange(server, oauth.code(gitlab, application)).access_token
    sent = gitlab.requests[-1].form
    assert sent["grant_type"] == "authorization_code"
    assert "code_verifier" not in sent
    assert "Authorization" not in gitlab.requests[-1].headers


def test_a_wrong_secret_falls_to_the_next_one_and_does_not_use_the_code_up(
    server: Server, gitlab: Sandbox, application: Application
) -> None:
    code = oauth.code(gitlab, application)
    with pytest.raises(Refused) as refused:
        exchange(with_secrets(server, "wrong-secret", "wrong-too-1"), code)
    assert (refused.value.status, refused.value.code) == (401, "invalid_client")
    assert exchange(with_secrets(server, "wrong-secret", application.client_secret), code).access_token


def test_another_refusal_is_not_repeated_with_the_next_secret(
    server: Server, gitlab: Sandbox, application: Application
) -> None:
    with pytest.raises(Refused) as refused:
        exchange(with_secrets(server, application.client_secret, "another-secret"), "no-such-code")
    assert refused.value.code == "invalid_grant"
    assert len(gitlab.requests) == 1


@pytest.mark.parametrize("secrets", [[], None], ids=["no secret", "no client"])
def test_without_a_client_or_a_secret_nothing_is_sent(
    server: Server, gitlab: Sandbox, secrets: list[str] | None
) -> None:
    bare = replace(server, client=None) if secrets is None else with_secrets(server)
    calls: list[Callable[[], object]] = [
        lambda: exchange(bare, "some-code"),
        lambda: refresh(bare, "some-token"),
        lambda: revoke(bare, "some-token"),
    ]
    for call in calls:
        with pytest.raises(ClientMissing):
            call()
    assert gitlab.requests == []


# New tokens for a refresh token


def test_a_refresh_gives_a_new_pair(server: Server, gitlab: Sandbox, application: Application) -> None:
    grant = gitlab.grant(application)
    found = refresh(server, grant.refresh_token)
    assert grant.revoked
    assert found.access_token != grant.access_token
    assert found.refresh_token != grant.refresh_token
    assert set(gitlab.requests[-1].form) == {"grant_type", "refresh_token", "client_id", "client_secret"}


def test_a_wrong_secret_does_not_use_the_refresh_token_up(
    server: Server, gitlab: Sandbox, application: Application
) -> None:
    grant = gitlab.grant(application)
    found = refresh(with_secrets(server, "wrong-secret", application.client_secret), grant.refresh_token)
    assert found.access_token != grant.access_token


def test_a_refresh_waits_longer_for_its_answer_than_other_calls(
    server: Server, gitlab: Sandbox, application: Application
) -> None:
    """Who stops listening early loses the grant. 15 seconds are usual, a refresh has 75."""
    usual = Network().read_timeout
    assert 5 * usual <= gitlab_oauth.REFRESH_SECONDS
    impatient = replace(server, network=IMPATIENT)
    grant = gitlab.grant(application)
    gitlab.misbehave("slow", seconds=3 * IMPATIENT.read_timeout)
    found = gitlab_oauth.refresh(impatient, {"refreshToken": grant.refresh_token, "instanceUrl": gitlab.url})
    assert found.credentials["refreshToken"] != grant.refresh_token
    with pytest.raises(ReadTimedOut):
        gitlab_oauth.verify(impatient, found.credentials)


# The end of a grant


@pytest.mark.parametrize("by", ["access_token", "refresh_token"])
def test_either_token_of_a_pair_ends_it(server: Server, gitlab: Sandbox, application: Application, by: str) -> None:
    grant = gitlab.grant(application)
    revoke(server, getattr(grant, by))
    assert grant.revoked


def test_a_grant_is_ended_with_the_secret_that_fits(
    server: Server, gitlab: Sandbox, application: Application
) -> None:
    grant = gitlab.grant(application)
    with pytest.raises(Refused, match="not authorized to revoke"):
        revoke(with_secrets(server, "wrong-secret"), grant.refresh_token)
    assert not grant.revoked
    revoke(with_secrets(server, "wrong-secret", application.client_secret), grant.refresh_token)
    assert grant.revoked


def test_a_token_that_gitlab_does_not_know_counts_as_ended(server: Server) -> None:
    revoke(server, "no-such-token")


def test_an_empty_200_ends_a_grant_and_a_page_does_not(server: Server, gitlab: Sandbox) -> None:
    gitlab.misbehave("status", "/oauth/revoke", status=200, body="", headers=JSON, times=1)
    revoke(server, "some-token")
    gitlab.misbehave("html", "/oauth/revoke")
    with pytest.raises(NotJson):
        revoke(server, "some-token")
