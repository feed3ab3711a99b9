"""How GitHub's REST API is spoken to: what a request carries, how lists are paged, what each status means.

https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from connections.providers.answer import Answer, phrase_of, retry_after, without
from connections.providers.errors import NotJson, NotSent, ProviderError, Refused, ServerFailed
from connections.providers.github import limits
from connections.providers.http import Calls

PAGE_SIZE = 100
MOST_PAGES = 100
# What GitHub says where it says no more than the status does.
BARE = {"", "bad credentials", "requires authentication", "forbidden", "not found", "validation failed"}
APP_UNKNOWN = "integration not found"
NOT_THERE = "it does not exist, or the token may not see it."
SINGLE_SIGN_ON = (
    "the organization demands SAML single sign-on, for which this token is not authorized. Authorize the token for "
    "the organization in its settings at GitHub (Configure SSO)."
)

CHECK_APP = "Check the App's id and private key, and the clock of this machine."
UNSUSPEND = (
    "An owner of the account can end that in its settings at GitHub, under GitHub Apps. Then it works again by "
    "itself."
)


class AppUnknown(Refused):
    """A 404 that is not about what was asked for: GitHub knows no App of the id that signed."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How a request shows who it is from. `unknown` says what a 401 means; `secrets` must not be repeated to us."""

    header: str = field(repr=False)
    unknown: str
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {**HEADERS, "Authorization": self.header}


HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


def by_token(api: str, token: str) -> Proof:
    """A token of a person or an installation."""
    unknown = (
        f"{api} does not know this token. Check that it was copied whole, has not expired or been revoked, and was "
        "created on this server."
    )
    return Proof(f"Bearer {token}", unknown, (token,))


def by_app(api: str, jwt: str) -> Proof:
    """What an App signed."""
    unknown = f"{api} does not accept what the GitHub App signed. {CHECK_APP}"
    return Proof(f"Bearer {jwt}", unknown, (jwt,))


def by_client(api: str, client_id: str, secret: str, token: str) -> Proof:
    """The secret of an OAuth client, which is sent together with a token of its."""
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    unknown = f"{api} does not know this client. Check its client id and client secret."
    return Proof(f"Basic {basic}", unknown, (basic, secret, token))


def segment(name: str) -> str:
    """Return a name as one segment of a path. Raises NotSent for what would lead elsewhere."""
    if name in {"", ".", ".."}:
        raise NotSent("The request was not sent: a name in it is empty or made of dots.")
    return quote(name, safe="")


def pages(calls: Calls, api: str, path: str, proof: Proof, key: str = "") -> Iterator[dict[str, Any]]:
    """Yield the items of all pages: of a list, or of the list that an object holds as `key`.

    https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api. The next page is asked for
    by its number: the address in the `Link` header need not be one that we may call, and must not be sent a token.
    """
    for page in range(1, MOST_PAGES + 1):
        params = {"per_page": PAGE_SIZE, "page": page}
        answer = checked(calls.get(f"{api}{path}", headers=proof.headers, params=params), api, proof)
        yield from (item for item in _items(answer, key)[:PAGE_SIZE] if isinstance(item, dict))
        if 'rel="next"' not in answer.headers.get("Link", ""):
            return
    most = MOST_PAGES * PAGE_SIZE
    raise ProviderError(f"{api} lists more than {most} items at {path}. Use an account that sees fewer.")


def _items(answer: Answer, key: str) -> list[Any]:
    if not key:
        return answer.json_list()
    items = answer.json_object().get(key)
    if not isinstance(items, list):
        raise NotJson(f"{answer.url} answered without its list of {key}. Check that the host is that of a GitHub.")
    return items


def checked(
    answer: Answer, api: str, proof: Proof, expected: HTTPStatus = HTTPStatus.OK, absent: str = NOT_THERE
) -> Answer:
    """Return an answer of the status expected; raise what any other means. `absent` says what a 404 does."""
    if answer.status == expected:
        return answer
    said = without(proof.secrets, answer.json_object_if_any().get("message"))
    if limited := limits.reached(answer, api, said):
        raise limited
    phrase = phrase_of(answer.status)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        message = f"{phrase}. Cause: {api} answered with status {answer.status}. Try again later."
        raise ServerFailed(message, status=answer.status, retry_after=retry_after(answer))
    if said.lower().startswith(APP_UNKNOWN):
        raise AppUnknown(f"{phrase}. Cause: {proof.unknown}", status=answer.status)
    cause = _cause(answer, said, proof, absent) or f"{api} answered with status {answer.status}."
    raise Refused(f"{phrase}. Cause: {cause}", status=answer.status)


def _cause(answer: Answer, said: str, proof: Proof, absent: str) -> str:
    """Return why GitHub refused, in its own words where they say more than the status does."""
    if answer.status == HTTPStatus.FORBIDDEN and "X-GitHub-SSO" in answer.headers:
        return SINGLE_SIGN_ON
    if "installation has been suspended" in said:
        return f"{said.rstrip('.')}. {UNSUSPEND}"
    if "not accessible by" in said:
        return f"{said.rstrip('.')}. {_lacking(answer, proof)}"
    if said.lower().rstrip(".") not in BARE:
        return said
    meant: dict[int, str] = {HTTPStatus.UNAUTHORIZED: proof.unknown, HTTPStatus.NOT_FOUND: absent}
    return meant.get(answer.status, "")


def _lacking(answer: Answer, proof: Proof) -> str:
    """Return which permission is lacking, where GitHub says so.

    https://github.blog/changelog/2023-08-10-x-accepted-github-permissions-header-for-fine-grained-permission-actors/
    """
    accepted = without(proof.secrets, answer.headers.get("X-Accepted-GitHub-Permissions"))
    return f"It lacks a permission: {accepted}." if accepted else "Give it the permission that this takes."
