"""What a GitHub connection can list."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connections.providers import http
from connections.providers.base import Credentials, Field, Kind
from connections.providers.clients import Server
from connections.providers.github import app, client, personal_token
from connections.providers.github.credentials import api_url
from connections.providers.github.shapes import Organization, Repository
from connections.providers.http import Calls

LISTING_SECONDS = 60.0
# GitHub tells of a repository at length: about 6 kB, and there is no short form.
MOST_BODIES = 16
ENVIRONMENT_QUERY = (
    Field(name="repo", kind=Kind.TEXT, label="Repository", refusal="Repository name is required", example="api"),
    Field(name="owner", kind=Kind.TEXT, label="Owner", refusal="Repository owner name is required", example="acme"),
)


def repositories(
    server: Server, method: str, credentials: Credentials, _: Mapping[str, str]
) -> Sequence[dict[str, Any]]:
    """Return the repositories of the installation, or those that the account administers."""
    with http.session(server.network, budget=LISTING_SECONDS, bodies=MOST_BODIES) as calls:
        return [
            {"id": each.id, "name": each.name, "owner": {"login": each.owner.login, "id": each.owner.id}}
            for each in _repositories(calls, server, method, credentials)
        ]


def organizations(
    server: Server, method: str, credentials: Credentials, _: Mapping[str, str]
) -> Sequence[dict[str, Any]]:
    """Return the organizations whose repositories the installation has, or those that the account is in."""
    with http.session(server.network, budget=LISTING_SECONDS, bodies=MOST_BODIES) as calls:
        found = {each.id: each for each in _organizations(calls, server, method, credentials)}
    return [{"id": each.id, "login": each.login} for each in found.values()]


def environments(
    server: Server, method: str, credentials: Credentials, query: Mapping[str, str]
) -> Sequence[dict[str, Any]]:
    """Return the environments of the repository that the query names."""
    token = _token(method, credentials)
    with http.session(server.network, budget=LISTING_SECONDS, bodies=MOST_BODIES) as calls:
        found = client.environments(calls, api_url(server.url), token, query["owner"], query["repo"])
        return [{"id": each.id, "name": each.name} for each in found]


def _repositories(calls: Calls, server: Server, method: str, credentials: Credentials) -> Iterator[Repository]:
    api, token = api_url(server.url), _token(method, credentials)
    if method == app.NAME:
        return client.repositories_of_installation(calls, api, token)
    return (each for each in client.repositories_of_user(calls, api, token) if each.is_admin)


def _organizations(calls: Calls, server: Server, method: str, credentials: Credentials) -> Iterator[Organization]:
    if method != app.NAME:
        return client.organizations_of_user(calls, api_url(server.url), _token(method, credentials))
    owners = (each.owner for each in _repositories(calls, server, method, credentials))
    return (Organization(owner.id, owner.login) for owner in owners if owner.type == "Organization")


def _token(method: str, credentials: Credentials) -> str:
    return str(credentials[personal_token.FIELD if method == personal_token.NAME else "accessToken"])
