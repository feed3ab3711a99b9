"""What may be told of an App where it is installed: whose the account is, what is permitted, what it reaches."""

from collections.abc import Iterator, Mapping
from itertools import islice

from connections.providers import http
from connections.providers.base import Account, Credentials, Detail, Facts, Verified
from connections.providers.clients import Server
from connections.providers.github import client
from connections.providers.github.credentials import api_url

VERIFY_SECONDS = 15.0
SHOWN_REPOSITORIES = 20


def verify(server: Server, credentials: Credentials) -> Verified:
    """Ask GitHub what the installation's token reaches."""
    with http.session(server.network, budget=VERIFY_SECONDS) as calls:
        reached = client.repositories_of_installation(calls, api_url(server.url), str(credentials["accessToken"]))
        names = [each.full_name for each in islice(reached, SHOWN_REPOSITORIES + 1)]
    facts = Facts(
        account=Account(
            id=str(credentials["accountId"]),
            username=str(credentials["account"]),
            name=f"{credentials['appSlug']}[bot]",
            is_bot=True,
        ),
        is_scoped=False,
        details=list(_details(credentials, names)),
    )
    return Verified(credentials=credentials, facts=facts)


def _details(credentials: Credentials, names: list[str]) -> Iterator[Detail]:
    yield Detail("Installed on", [f"{credentials['account']} ({credentials['accountType']})"])
    permissions: Mapping[str, str] = credentials["permissions"]
    yield Detail("Permissions", [f"{name}: {level}" for name, level in sorted(permissions.items())])
    if credentials["repositories"] == "all":
        yield Detail("Repositories", ["All, and those to come"])
    else:
        more = ["and more"] if len(names) > SHOWN_REPOSITORIES else []
        yield Detail("Repositories", [*names[:SHOWN_REPOSITORIES], *more])
