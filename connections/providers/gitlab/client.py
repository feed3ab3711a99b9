"""Calls to GitLab's REST API: values in, typed results out.

An answer's fields are read one by one and never trusted to be there; fields that a newer GitLab adds are ignored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Any

from connections.providers.answer import Answer, phrase_of, retry_after, shown, without
from connections.providers.base import Account, Credentials
from connections.providers.clients import Server
from connections.providers.errors import NotJson, ProviderError, RateLimited, Refused, ServerFailed
from connections.providers.http import Calls

PAGE_SIZE = 100
MOST_PAGES = 200
MOST_SCOPES = 64


def headers(method: str, credentials: Credentials) -> dict[str, str]:
    """Return how a request shows who it is from: https://docs.gitlab.com/api/rest/authentication/"""
    token = str(credentials["accessToken"])
    return {"PRIVATE-TOKEN": token} if method == "access-token" else {"Authorization": f"Bearer {token}"}


class ScopeLacking(Refused):
    """The token is good, but its scopes do not cover this call."""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What GitLab says of an access token. `granular` tokens carry permissions instead of scopes."""

    scopes: tuple[str, ...]
    expires_at: datetime | None
    revoked: bool
    granular: bool


def user(calls: Calls, server: Server, auth: Mapping[str, str]) -> Account:
    """Return whose the token is: https://docs.gitlab.com/api/users/#retrieve-the-current-user

    Raises NotJson for an answer that names nobody: what does not is no GitLab.
    """
    found = _checked(calls.get(f"{server.url}/api/v4/user", headers=auth), server, auth).json_object()
    if not isinstance(found.get("id"), int) or not isinstance(found.get("username"), str):
        raise NotJson(f"{server.url} answered without a user. Check that the URL is that of a GitLab.")
    return Account(
        id=shown(found.get("id")),
        username=shown(found.get("username")),
        name=shown(found.get("name")),
        is_bot=found.get("bot") is True,
    )


def token_itself(calls: Calls, server: Server, auth: Mapping[str, str]) -> TokenFacts:
    """Return what the token is: https://docs.gitlab.com/api/personal_access_tokens/#self-inform

    It works for personal, project and group access tokens, whatever their scopes; not for OAuth tokens.
    """
    answer = calls.get(f"{server.url}/api/v4/personal_access_tokens/self", headers=auth)
    found = _checked(answer, server, auth).json_object()
    return TokenFacts(
        scopes=_scopes(found.get("scopes")),
        expires_at=_end_of(found.get("expires_at")),
        revoked=found.get("revoked") is True or found.get("active") is False,
        granular=found.get("granular") is True,
    )


def scopes_of_oauth_token(calls: Calls, server: Server, auth: Mapping[str, str]) -> tuple[str, ...]:
    """Return what an OAuth token may do: https://docs.gitlab.com/api/oauth2/#retrieve-the-token-information"""
    found = _checked(calls.get(f"{server.url}/oauth/token/info", headers=auth), server, auth).json_object()
    return _scopes(found.get("scope"))


def _scopes(value: Any) -> tuple[str, ...]:
    return tuple(shown(scope) for scope in value[:MOST_SCOPES]) if isinstance(value, list) else ()


def _end_of(expires_at: Any) -> datetime | None:
    """A token's `expires_at` is a date, and the token dies when that date begins, in UTC."""
    try:
        return datetime.combine(date.fromisoformat(str(expires_at)), time.min, UTC)
    except ValueError:
        return None


def projects(calls: Calls, server: Server, auth: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the projects that the account is a member of: https://docs.gitlab.com/api/projects/#list-all-projects"""
    wanted = {
        "archived": "false",
        "membership": "true",
        "include_pending_delete": "false",
        "include_hidden": "false",
        "imported": "false",
        "simple": "true",
    }
    return _pages(calls, server, "projects", auth, wanted)


def groups(calls: Calls, server: Server, auth: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the groups that the account owns: https://docs.gitlab.com/api/groups/#list-all-groups"""
    wanted = {"order_by": "name", "sort": "asc", "min_access_level": "50"}
    return _pages(calls, server, "groups", auth, wanted)


def _pages(
    calls: Calls, server: Server, path: str, auth: Mapping[str, str], wanted: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield the items of all pages.

    The next page is asked for by its number: the `Link` header names GitLab's own external address, which need
    not be the one that we may call, and must not be sent a token.
    """
    page = "1"
    for _ in range(MOST_PAGES):
        params = {**wanted, "per_page": str(PAGE_SIZE), "page": page}
        answer = _checked(calls.get(f"{server.url}/api/v4/{path}", headers=auth, params=params), server, auth)
        yield from (item for item in answer.json_list()[:PAGE_SIZE] if isinstance(item, dict))
        page = answer.headers.get("X-Next-Page", "")
        if not page.isdecimal():
            return
    most = MOST_PAGES * PAGE_SIZE
    raise ProviderError(f"{server.url} lists more than {most} {path}. Use an account that sees fewer.")


def _checked(answer: Answer, server: Server, auth: Mapping[str, str]) -> Answer:
    """Return a 200; raise what any other status means."""
    if answer.status == HTTPStatus.OK:
        return answer
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        message = f"{server.url} asks to wait: its rate limit is reached. Try again later."
        raise RateLimited(message, retry_after=retry_after(answer))
    phrase = phrase_of(answer.status)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        message = f"{phrase}. Cause: {server.url} answered with status {answer.status}. Try again later."
        raise ServerFailed(message, status=answer.status, retry_after=retry_after(answer))
    refused = ScopeLacking if answer.json_object_if_any().get("error") == "insufficient_scope" else Refused
    tokens = [sent.removeprefix("Bearer ") for sent in auth.values()]
    raise refused(f"{phrase}. Cause: {_cause(answer, server, tokens)}", status=answer.status)


def _cause(answer: Answer, server: Server, tokens: Sequence[str]) -> str:
    """Return why GitLab refused, in its own words where it says more than the status does."""
    said = without(tokens, _said(answer))
    if said and not said.startswith(str(answer.status)):
        return said
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return (
            f"{server.url} does not know this token. Check that it was copied whole, has not been revoked, and was "
            "created on this instance."
        )
    if answer.status == HTTPStatus.NOT_FOUND:
        return f"there is no GitLab API at {server.url}. Check the instance URL, also its path."
    return said.partition(" - ")[2] or f"{server.url} answered with status {answer.status}."


def _said(answer: Answer) -> Any:
    """Return what an error body says, which has one of four shapes: `error` with or without
    `error_description`, `message` as a string, `message` as an object of lists."""
    body = answer.json_object_if_any()
    return body.get("error_description") or body.get("message") or body.get("error")
