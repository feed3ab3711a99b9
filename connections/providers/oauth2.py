"""Authlib behind four calls: where to send a person, exchange, refresh, revoke; and what a grant is made of.

Authlib alone takes a 404 or a 200 without a token for a token, follows a 307 with the refresh token in hand, and
fails in three families of exceptions (measured on 1.9.8). So it is used for these calls only, behind the one door
to the network, which never follows; what came back is checked here; and all failures are ProviderErrors.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from connections.providers.answer import Answer, retry_after, without
from connections.providers.base import Credentials, Grant
from connections.providers.clients import OAuthClient, Server
from connections.providers.errors import (
    ClientMissing,
    NotSent,
    ProviderError,
    RateLimited,
    Refused,
    ServerFailed,
)
from connections.providers.http import guard
from connections.providers.journeys import Consent
from connections.providers.network import Network
from connections.providers.token_answers import Tokens, read

INVALID_CLIENT = "invalid_client"
INVALID_GRANT = "invalid_grant"
# What a wrong client secret is called: by the token endpoint, and by GitLab's /oauth/revoke.
WRONG_SECRET = frozenset({INVALID_CLIENT, "unauthorized_client"})
# Fewer than all calls of a process: servers that keep refreshes waiting must leave places for other calls.
REFRESHES_AT_ONCE = 12
# What to do about an answer of RFC 6749, section 5.2, to somebody who connects.
CURES = {
    INVALID_CLIENT: "Check the client id and the client secret of the OAuth application.",
    INVALID_GRANT: (
        "The code counts once and for ten minutes, and only with the redirect URI that it was asked for with: "
        "check SITE_URL, and connect again."
    ),
    "unauthorized_client": "The OAuth application must be confidential and allow the authorization code flow.",
}
TokenCall = Callable[[OAuth2Session], Any]
Result = TypeVar("Result")


def too_many_requests(answer: Answer) -> RateLimited | None:
    """Return the error for a 429 (RFC 6585, section 4); None for any other answer."""
    if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    message = f"{answer.url} asks to wait: its rate limit is reached. Try again later."
    return RateLimited(message, retry_after=retry_after(answer))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server speaks. `codes` maps words of its own to the RFC's; `limited` tells when it asks to wait.

    One that has `codes` answers errors with status 200, too: the body tells.
    """

    codes: Mapping[str, str] = field(default_factory=dict)
    limited: Callable[[Answer], RateLimited | None] = too_many_requests


RFC = Dialect()


class _Answered(Exception):
    """Carries the answer out of Authlib before Authlib reads it."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__()
        self.response = response


def authorize_url(server: Server, endpoint: str, consent: Consent) -> str:
    """Return where to send a person for consent (RFC 6749, section 4.1.1, with S256 of RFC 7636)."""
    client = client_of(server)
    session = OAuth2Session(
        client.id,
        redirect_uri=client.redirect_uri,
        scope=" ".join(consent.use.scopes),
        code_challenge_method="S256",
    )
    url, _ = session.create_authorization_url(endpoint, state=consent.state, code_verifier=consent.verifier)
    return str(url)


def exchange(server: Server, endpoint: str, *, code: str, verifier: str | None, dialect: Dialect = RFC) -> Tokens:
    """Return the tokens for an authorization code. `verifier` is None for a code asked for without a challenge."""
    proof = {"code_verifier": verifier} if verifier else {}
    sent = {"code": code, "redirect_uri": client_of(server).redirect_uri, **proof}

    def call(session: OAuth2Session) -> Any:
        return session.fetch_token(endpoint, grant_type="authorization_code", **sent)

    asked = _Asked(server, endpoint, [code, *proof.values()], dialect)
    return _tokens(asked, server.network, call)


def refresh(server: Server, endpoint: str, *, refresh_token: str, seconds: float, dialect: Dialect = RFC) -> Tokens:
    """Return new tokens for a refresh token, listening for so many seconds.

    After a NoAnswer or BadAnswer the old one may be used up.
    """
    network = replace(server.network, read_timeout=seconds, calls_in_total=REFRESHES_AT_ONCE)

    def call(session: OAuth2Session) -> Any:
        return session.refresh_token(endpoint, refresh_token=refresh_token)

    return _tokens(_Asked(server, endpoint, [refresh_token], dialect), network, call)


def revoke(server: Server, endpoint: str, *, token: str, seconds: float) -> None:
    """End a token (RFC 7009), within `seconds`."""

    def call(client: OAuthClient, secret: str) -> None:
        with _session(server.network, client, secret, budget=seconds / len(client.secrets)) as session:
            response: requests.Response = session.revoke_token(endpoint, token=token)
        answer = _checked(_answer(endpoint, response), [token, secret])
        if answer.body.strip():  # GitLab answers {}; a page comes from somebody else
            answer.json_object()

    _with_each_secret(server, call)


def cure_of(error: ProviderError) -> str:
    """Return what somebody who connects can do about a refused exchange; empty where nobody knows."""
    return CURES.get(error.code or "", "") if isinstance(error, Refused) else ""


def client_of(server: Server) -> OAuthClient:
    """Return our client at the server; raises ClientMissing."""
    if server.client is None:
        raise ClientMissing(f"There is no OAuth client for {server.url}.")
    return server.client


def client_of_grant(server: Server, credentials: Credentials) -> OAuthClient:
    """Return the client that a grant is to: another one can neither refresh nor end it. Raises ClientMissing."""
    client = client_of(server)
    if credentials.get("clientId", client.id) != client.id:
        raise ClientMissing(f"It was granted to another OAuth client than the one configured for {server.url}.")
    return client


def grant_of(tokens: Tokens, before: Credentials, kept: Sequence[str]) -> Grant:
    """Return what was granted, with what is `kept` of the credentials before.

    An answer without a new refresh token leaves the old one in force.
    """
    credentials = {name: before[name] for name in (*kept, "refreshToken") if name in before}
    credentials |= {"accessToken": tokens.access_token, "tokenType": tokens.token_type}
    if tokens.refresh_token:
        credentials["refreshToken"] = tokens.refresh_token
    return Grant(credentials=credentials, scopes=tokens.scopes, expires_at=tokens.expires_at)


def _with_each_secret(server: Server, call: Callable[[OAuthClient, str], Result]) -> Result:
    """Make a call with each client secret in turn: a wrong one uses nothing up."""
    client = client_of(server)
    for number, secret in enumerate(client.secrets, 1):
        try:
            return call(client, secret)
        except Refused as refusal:
            if refusal.code not in WRONG_SECRET or number == len(client.secrets):
                raise
    raise ClientMissing(f"There is no OAuth client secret for {server.url}.")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is asked for tokens: `sent` are the secrets of the request."""

    server: Server
    endpoint: str
    sent: Sequence[str] = field(repr=False)
    dialect: Dialect


def _tokens(asked: _Asked, network: Network, call: TokenCall) -> Tokens:
    def with_secret(client: OAuthClient, secret: str) -> Tokens:
        sent_at = time.time()
        with _session(network, client, secret) as session:
            answer = _answer(asked.endpoint, _answer_to(session, asked.endpoint, call))
        return read(_checked(answer, [*asked.sent, secret], asked.dialect), sent_at)

    return _with_each_secret(asked.server, with_secret)


def _answer_to(session: OAuth2Session, endpoint: str, call: TokenCall) -> requests.Response:
    session.register_compliance_hook("access_token_response", _stop)
    session.register_compliance_hook("refresh_token_response", _stop)
    try:
        call(session)
    except _Answered as answered:
        return answered.response
    except (AuthlibBaseError, ValueError):
        pass
    raise NotSent(f"The request to {endpoint} could not be written.")


def _stop(response: requests.Response) -> NoReturn:
    raise _Answered(response)


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


def _checked(answer: Answer, sent: Sequence[str], dialect: Dialect = RFC) -> Answer:
    """Return a 200; raise what any other answer means (RFC 6749, section 5.2). `sent` must not be repeated."""
    if answer.status == HTTPStatus.OK:
        if dialect.codes and {"error", "access_token"} & answer.json_object().keys() == {"error"}:
            raise _refused(answer, sent, dialect)
        return answer
    if limited := dialect.limited(answer):
        raise limited
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        message = f"{answer.url} answered with status {answer.status}. Try again later."
        raise ServerFailed(message, status=answer.status, retry_after=retry_after(answer))
    raise _refused(answer, sent, dialect)


def _refused(answer: Answer, sent: Sequence[str], dialect: Dialect) -> Refused:
    body = answer.json_object()  # a page instead of JSON raises NotJson
    code = without(sent, body.get("error"))[:64]
    description = without(sent, body.get("error_description") or body.get("message"))
    message = f"{answer.url} answered with status {answer.status}: {description or code or 'no cause given'}"
    said = " - ".join(text for text in (code, description) if text)
    return Refused(message, status=answer.status, code=dialect.codes.get(code, code) or None, said=said)
