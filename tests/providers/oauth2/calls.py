"""The OAuth calls, as the tests of this folder make them."""

import json
from dataclasses import replace
from typing import Any

from connections.providers import oauth2
from connections.providers.clients import Server
from connections.providers.token_answers import Tokens
from sandbox.gitlab import Sandbox

JSON = {"Content-Type": "application/json"}


def with_secrets(server: Server, *secrets: str) -> Server:
    return replace(server, client=replace(oauth2.client_of(server), secrets=secrets))


def exchange(server: Server, code: str, verifier: str | None = None) -> Tokens:
    return oauth2.exchange(server, f"{server.url}/oauth/token", code=code, verifier=verifier)


def refresh(server: Server, refresh_token: str) -> Tokens:
    seconds = server.network.read_timeout
    return oauth2.refresh(server, f"{server.url}/oauth/token", refresh_token=refresh_token, seconds=seconds)


def revoke(server: Server, token: str) -> None:
    oauth2.revoke(server, f"{server.url}/oauth/revoke", token=token, seconds=5)


def answer(gitlab: Sandbox, body: Any, *, status: int = 200) -> None:
    """Let the token endpoint answer this, as JSON unless it is text."""
    text = body if isinstance(body, str) else json.dumps(body)
    gitlab.misbehave("status", "/oauth/token", status=status, body=text, headers=JSON)
