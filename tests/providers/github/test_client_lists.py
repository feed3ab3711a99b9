"""Lists are read to their last page, from our server and from no other."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from connections.providers.errors import NotJson, ProviderError, Refused
from connections.providers.github import client
from connections.providers.github.shapes import Environment, Organization, Owner, Repository
from connections.providers.http import Calls
from tests.providers.github.scripted import TOKEN, failure, github, page, says

Listing = Callable[[Calls, str], Iterable[Any]]
LISTINGS: dict[str, tuple[Listing, str, str]] = {
    "repositories of a user": (
        lambda calls, api: client.repositories_of_user(calls, api, TOKEN),
        "/user/repos",
        "",
    ),
    "organizations of a user": (
        lambda calls, api: client.organizations_of_user(calls, api, TOKEN),
        "/user/orgs",
        "",
    ),
    "installations of a user": (
        lambda calls, api: client.installations_of_user(calls, api, TOKEN),
        "/user/installations",
        "installations",
    ),
    "repositories of an installation": (
        lambda calls, api: client.repositories_of_installation(calls, api, TOKEN),
        "/installation/repositories",
        "repositories",
    ),
    "environments": (
        lambda calls, api: client.environments(calls, api, TOKEN, "acme", "a b/c"),
        "/repos/acme/a%20b%2Fc/environments",
        "environments",
    ),
}


@pytest.mark.parametrize("name", LISTINGS)
def test_all_pages_are_asked_of_our_server_by_their_number(name: str) -> None:
    listing, path, key = LISTINGS[name]
    with github(page(1, [{"id": 1}], key, of=3), page(2, [], key, of=3), page(3, [{"id": 3}], key, of=3)) as (
        server,
        calls,
    ):
        assert [item.id for item in listing(calls, server.url)] == [1, 3]
        asked = [request.split(b"\r\n")[0].decode() for request in server.requests]
    assert asked == [f"GET {path}?per_page=100&page={number} HTTP/1.1" for number in (1, 2, 3)]


@pytest.mark.parametrize("name", LISTINGS)
def test_a_list_without_end_is_left(name: str) -> None:
    listing, path, key = LISTINGS[name]
    with github(page(1, [{"id": 1}], key, of=2)) as (server, calls):
        with pytest.raises(ProviderError) as caught:
            list(listing(calls, server.url))
        assert len(server.requests) == 100
    assert caught.value.message == (
        f"{server.url} lists more than 10000 items at {path}. Use an account that sees fewer."
    )


@pytest.mark.parametrize("name", LISTINGS)
def test_what_is_no_list_is_an_error(name: str) -> None:
    listing, _, key = LISTINGS[name]
    bodies: list[Any] = [{"other": []}, {key: {}}, 7, None]
    for body in bodies:
        assert isinstance(failure(says(body), lambda calls, api: list(listing(calls, api))), NotJson)


@pytest.mark.parametrize("name", LISTINGS)
def test_items_that_are_none_and_more_than_a_page_holds_are_left_out(name: str) -> None:
    listing, _, key = LISTINGS[name]
    items: list[Any] = [7, None, "x", [], *({"id": number} for number in range(1, 200))]
    with github(page(1, items, key)) as (server, calls):
        assert len(list(listing(calls, server.url))) == 96


def read(name: str, item: dict[str, Any]) -> Any:
    listing, _, key = LISTINGS[name]
    with github(page(1, [item], key)) as (server, calls):
        return next(iter(listing(calls, server.url)))


def test_a_repository_is_read() -> None:
    owner = {"id": 7, "login": "acme", "type": "Organization"}
    item = {"id": 3, "name": "web", "full_name": "acme/web", "owner": owner, "permissions": {"admin": True}}
    for name in ("repositories of a user", "repositories of an installation"):
        assert read(name, item) == Repository(3, "web", "acme/web", Owner(7, "acme", "Organization"), is_admin=True)
        assert not read(name, item | {"permissions": {"admin": False, "push": True}}).is_admin
        assert not read(name, item | {"permissions": {"admin": "true"}}).is_admin
        assert read(name, {}) == Repository(0, "", "", Owner(0, "", ""), is_admin=False)


def test_an_organization_and_an_environment_are_read() -> None:
    assert read("organizations of a user", {"id": 7, "login": "ac\u202eme\n"}) == Organization(7, "acme")
    assert read("environments", {"id": 9, "name": "production"}) == Environment(9, "production")
    assert read("environments", {"id": 2**70, "name": "x" * 999}) == Environment(0, "x" * 255)


def test_a_repository_that_is_not_seen_has_no_environments() -> None:
    with github(says({"message": "Not Found"}, status="404 Not Found")) as (server, calls):
        assert list(client.environments(calls, server.url, TOKEN, "acme", "web")) == []
    forbidden = says({"message": "Must have admin rights to Repository."}, status="403 Forbidden")
    error = failure(forbidden, lambda calls, api: list(client.environments(calls, api, TOKEN, "acme", "web")))
    assert isinstance(error, Refused)
