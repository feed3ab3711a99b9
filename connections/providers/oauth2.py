"""Authlib behind four calls: where to send a person, exchange, refresh, revoke.

Authlib alone takes a 404 or a 200 without a token for a token, follows a 307 with the refresh token in hand, and
fails in three families of exceptions (measured on 1.9.8). So it is used for these calls only, behind the one door
to the network, which never follows; what came back is checked here; and all failures are ProviderErrors.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from connections.providers.answer import Answer, retry_after, shown
from connections.providers.base import Consent, OAuthClient, Server
from connections.providers.errors import (
    ClientMissing,
    ProviderError,
    RateLimited,
    Refused,
    ServerFailed,
    TokenMissing,
)
from connections.providers.http import guard
from connections.providers.network import Network

LONGEST_TOKEN = 16_384
MOST_SCOPES = 64
LONGEST_LIFE = 10 * 365 * 86_400  # seconds
# Clocks that differ by less are believed; it is well within the margin in which a token is refreshed.
CLOCK_SKEW = 60.0
INVALID_CLIENT = "invalid_client"
INVALID_GRANT = "invalid_grant"

TokenCall = Callable[[OAuth2Session], Any]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token endpoint's answer (RFC 6749, section 5.1). `scopes` is None when it does not say."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    token_type: str
    scopes: tuple[str, ...] | None
    expires_at: datetime | None


def authorize_url(server: Server, endpoint: str, consent: Consent) -> str:
    """Return where to send a person for consent (RFC 6749, section 4.1.1, with S256 of RFC 7636)."""
    client = client_of(server)
    session = OAuth2Session(
        client.id, redirect_uri=client.redirect_uri, scope=" ".join(consent.scopes), code_challenge_method="S256"
    )
    url, _ = session.create_authorization_url(endpoint, state=consent.state, code_verifier=consent.verifier)
    return str(url)


def exchange(server: Server, endpoint: str, *, code: str, verifier: str | None) -> Tokens:
    """Return the tokens for an authorization code. `verifier` is None for a code asked for without a challenge."""
    proof = {"code_verifier": verifier} if verifier else {}
    sent = {"code": code, "redirect_uri": client_of(server).redirect_uri, **proof}

    def call(session: OAuth2Session) -> Any:
        return session.fetch_token(endpoint, grant_type="authorization_code", **sent)

    return _tokens(server, endpoint, server.network, call, sent.values())


def refresh(server: Server, endpoint: str, *, refresh_token: str, network: Network) -> Tokens:
    """Return new tokens for a refresh token. After a NoAnswer or BadAnswer the old one may be used up."""

    def call(session: OAuth2Session) -> Any:
        return session.refresh_token(endpoint, refresh_token=refresh_token)

    return _tokens(server, endpoint, network, call, [refresh_token])


def revoke(server: Server, endpoint: str, *, token: str, seconds: float) -> None:
    """End a token (RFC 7009), within `seconds`."""
    client = client_of(server)
    for secret, is_last in _in_turn(client.secrets):
        with _session(server.network, client, secret, budget=seconds) as session:
            response: requests.Response = session.revoke_token(endpoint, token=token)
        try:
            _checked(_answer(endpoint, response), [token, secret])
        except Refused as refusal:
            if refusal.code != INVALID_CLIENT or is_last:
                raise
        else:
            return


def client_of(server: Server) -> OAuthClient:
    """Return our client at the server; raises ClientMissing."""
    if server.client is None:
        raise ClientMissing(f"There is no OAuth client for {server.url}.")
    return server.client


def _tokens(server: Server, endpoint: str, network: Network, call: TokenCall, sent: Any) -> Tokens:
    """Make a token call with each client secret in turn: a wrong one uses nothing up."""
    client = client_of(server)
    for secret, is_last in _in_turn(client.secrets):
        try:
            return _token_call(endpoint, network, client, secret, call=call, sent=[*sent, secret])
        except Refused as refusal:
            if refusal.code != INVALID_CLIENT or is_last:
                raise
    raise ClientMissing(f"There is no OAuth client secret for {server.url}.")


def _in_turn(secrets: Sequence[str]) -> Iterator[tuple[str, bool]]:
    for number, secret in enumerate(secrets, 1):
        yield secret, number == len(secrets)


def _token_call(
    endpoint: str, network: Network, client: OAuthClient, secret: str, *, call: TokenCall, sent: Sequence[str]
) -> Tokens:
    answers: list[Answer] = []

    def keep(response: requests.Response) -> requests.Response:
        answers.append(_checked(_answer(endpoint, response), sent))
        return response

    sent_at = time.time()
    with _session(network, client, secret) as session:
        session.register_compliance_hook("access_token_response", keep)
        session.register_compliance_hook("refresh_token_response", keep)
        # What Authlib makes of the answer does not matter: it is read below.
        with suppress(AuthlibBaseError, ValueError):
            call(session)
    if not answers:
        raise ProviderError(f"The request to {endpoint} could not be written.")
    return _read(answers[0], sent_at)


@contextmanager
def _session(
    network: Network, client: OAuthClient, secret: str, budget: float | None = None
) -> Iterator[OAuth2Session]:
    session = OAuth2Session(
        client.id,
        secret,
        redirect_uri=client.redirect_uri,
        token_endpoint_auth_method="client_secret_post",  # noqa: S106  # the name of a method
        revocation_endpoint_auth_method="client_secret_post",
    )
    guard(session, network, budget)
    try:
        yield session
    finally:
        session.close()


def _answer(endpoint: str, response: requests.Response) -> Answer:
    return Answer(endpoint, response.status_code, response.headers, response.content)


def _checked(answer: Answer, sent: Sequence[str]) -> Answer:
    """Return a 200; raise what any other status means (RFC 6749, section 5.2). `sent` must not be repeated."""
    if answer.status == HTTPStatus.OK:
        return answer
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        message = f"{answer.url} asks to wait: its rate limit is reached. Try again later."
        raise RateLimited(message, retry_after=retry_after(answer))
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        message = f"{answer.url} answered with status {answer.status}. Try again later."
        raise ServerFailed(message, status=answer.status, retry_after=retry_after(answer))
    code, description = _error(answer)
    said = description or code or "no cause given"
    for secret in sent:
        said = said.replace(secret, "[secret]")
    message = f"{answer.url} answered with status {answer.status}: {said}"
    raise Refused(message, status=answer.status, code=code or None)


def _error(answer: Answer) -> tuple[str, str]:
    """Return the error's code and description; a page instead of JSON raises NotJson."""
    body = answer.json_object()
    return shown(body.get("error"), 64), shown(body.get("error_description") or body.get("message"))


def _read(answer: Answer, sent_at: float) -> Tokens:
    """Read a token answer field by field. Raises NotJson, TokenMissing."""
    body = answer.json_object()
    access_token = _text(body, "access_token")
    if not access_token:
        raise TokenMissing(f"{answer.url} answered with status 200, but without an access token.")
    return Tokens(
        access_token=access_token,
        refresh_token=_text(body, "refresh_token") or None,
        token_type=shown(body.get("token_type"), 32) or "Bearer",
        scopes=_scopes(body.get("scope")),
        expires_at=_expiry(body, sent_at),
    )


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    fits = isinstance(value, str) and len(value) <= LONGEST_TOKEN and value.isascii() and value.isprintable()
    return str(value).strip() if fits else ""


def _scopes(value: Any) -> tuple[str, ...] | None:
    return tuple(shown(scope) for scope in value.split()[:MOST_SCOPES]) if isinstance(value, str) else None


def _expiry(body: Mapping[str, Any], sent_at: float) -> datetime | None:
    """Return when the access token ends: `created_at + expires_in`.

    A `created_at` that is not about now comes from a clock that differs from ours. Then the life is counted from
    the moment we asked, which is never too late.
    """
    life, created_at = _seconds(body.get("expires_in")), _seconds(body.get("created_at"))
    if life is None:
        return None
    is_near = created_at is not None and abs(created_at - sent_at) <= CLOCK_SKEW
    issued_at = created_at if is_near and created_at is not None else sent_at
    return datetime.fromtimestamp(issued_at, UTC) + timedelta(seconds=min(life, LONGEST_LIFE))


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return None
    return float(min(value, 1e12))
