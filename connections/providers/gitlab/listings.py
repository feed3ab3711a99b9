"""What a GitLab connection can list."""

from collections.abc import Mapping, Sequence
from typing import Any

from connections.providers import http
from connections.providers.answer import shown
from connections.providers.base import Credentials
from connections.providers.clients import Server
from connections.providers.gitlab import client

LISTING_SECONDS = 60.0
LONGEST_PATH = 2048


def projects(
    server: Server, method: str, credentials: Credentials, _: Mapping[str, str]
) -> Sequence[dict[str, Any]]:
    """Return the projects that the account is a member of, as `{id, name}`; the name is the full path."""
    with http.session(server.network, budget=LISTING_SECONDS) as calls:
        found = client.projects(calls, server, client.headers(method, credentials))
        return [
            {
                "id": shown(item.get("id")),
                "name": shown(item.get("path_with_namespace"), LONGEST_PATH),
            }
            for item in found
        ]


def groups(server: Server, method: str, credentials: Credentials, _: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    """Return the groups that the account owns. A project access token belongs to no group: no call is made."""
    if credentials.get("accessTokenType") == "project":
        return []
    with http.session(server.network, budget=LISTING_SECONDS) as calls:
        found = client.groups(calls, server, client.headers(method, credentials))
        return [
            {
                "id": shown(item.get("id")),
                "name": shown(item.get("name")),
                "fullName": shown(item.get("full_name"), LONGEST_PATH),
                "fullPath": shown(item.get("full_path"), LONGEST_PATH),
            }
            for item in found
        ]
