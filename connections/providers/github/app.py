"""The method `github-app`: a GitHub App, where it is installed on an account.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation.
An installation token lives an hour and is made anew with the App's key; several may live at once.
"""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import chain

from connections.providers import http, oauth2
from connections.providers.base import Credentials, Field, Grant, Kind, Method, OAuth
from connections.providers.clients import ClientKind, ClientVariables, Server
from connections.providers.errors import ClientMissing, GrantLost, ProviderError, Refused
from connections.providers.github import (
    app_facts,
    app_maker,
    client,
    installing,
    journeys,
    private_key,
    token_endpoint,
)
from connections.providers.github.app_token import signed
from connections.providers.github.credentials import api_url, url_of_setting
from connections.providers.github.fields import OF_SERVER
from connections.providers.github.rest import CHECK_APP, AppUnknown
from connections.providers.github.shapes import Installation
from connections.providers.http import Calls
from connections.providers.journeys import Brought, Use
from connections.providers.oauth2 import INVALID_CLIENT

NAME = "github-app"
MINT_SECONDS = 20.0
REVOKE_SECONDS = 5.0
# Of a token, counted by our clock: GitHub's may be ahead, and would have us use tokens that have ended.
LIFE = timedelta(hours=1)
# Where the installation is.
TARGET = ("account", "accountId", "accountType")
KEPT = ("installationId", *TARGET)
TOLD = frozenset({"clientId", "appSlug", "installationId", "permissions", "repositories", *TARGET})


def exchange(server: Server, given: Credentials) -> Grant:
    """See that the installation is theirs whose code was given, and make a token of it. Raises NotTheirs."""
    return refresh(server, installing.theirs(server, given))


def refresh(server: Server, credentials: Credentials) -> Grant:
    """Make a new token. An App that was installed anew meanwhile is found by its account.

    Raises GrantLost for one that is not installed there any more.
    """
    known_as = oauth2.client_of(server)
    if credentials["clientId"] != known_as.id:
        raise ClientMissing(f"It was made with another GitHub App than the one configured for {server.url}.")
    failure: ProviderError = ClientMissing(f"There is no private key of the GitHub App for {server.url}.")
    with http.session(server.network, budget=MINT_SECONDS) as calls:
        for jwt in signed(server, known_as):
            try:
                return _made_by(calls, server, jwt, credentials)
            except Refused as refusal:
                if refusal.status != HTTPStatus.UNAUTHORIZED and not isinstance(refusal, AppUnknown):
                    raise
                failure = _not_accepted(refusal)
    raise failure


def _made_by(calls: Calls, server: Server, jwt: str, credentials: Credentials) -> Grant:
    api = api_url(server.url)
    try:
        return _made(calls, api, jwt, credentials)
    except Refused as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND or isinstance(refusal, AppUnknown):
            raise
    found = _found_again(calls, api, jwt, credentials)
    return _made(calls, api, jwt, {**credentials, **installing.naming(found, oauth2.client_of(server))})


def _not_accepted(refusal: Refused) -> Refused:
    """Return the error for what the App signed. GitHub's own words tell of claims of which people know nothing."""
    said = refusal.message
    message = said if CHECK_APP in said else f"{said.rstrip('.')}. {CHECK_APP}"
    return Refused(message, status=refusal.status, code=INVALID_CLIENT)


def _found_again(calls: Calls, api: str, signed: str, credentials: Credentials) -> Installation:
    """Return the installation on the same account: under its name, or, when that has changed, among all.

    Others may have taken the name meanwhile: the account's id counts.
    """
    account = str(credentials["account"])
    under_its_name = client.find_installation(calls, api, signed, account, str(credentials["accountType"]))
    for found in chain([under_its_name] if under_its_name else [], client.installations(calls, api, signed)):
        if str(found.account.id) == credentials["accountId"]:
            return found
    raise GrantLost(f"The GitHub App is not installed on {account} any more.", status=HTTPStatus.NOT_FOUND)


def _made(calls: Calls, api: str, signed: str, credentials: Credentials) -> Grant:
    end = datetime.now(UTC) + LIFE
    made = client.create_installation_token(calls, api, signed, str(credentials["installationId"]))
    after = {
        **credentials,
        "permissions": dict(made.permissions),
        "repositories": made.repository_selection,
        "accessToken": made.token,
    }
    return Grant(credentials=after, scopes=None, expires_at=min(made.expires_at or end, end))


def revoke(server: Server, credentials: Credentials) -> None:
    """End the installation's token. The App stays where it is installed: others may use it there."""
    with http.session(server.network, budget=REVOKE_SECONDS) as calls:
        try:
            client.end_installation_token(calls, api_url(server.url), str(credentials["accessToken"]))
        except Refused as refusal:
            if refusal.status != HTTPStatus.UNAUTHORIZED:  # it has ended already
                raise


CLIENT = ClientKind(
    name="app",
    title="GitHub App",
    missing="GitHub App environment variables have not been configured",
    variables=ClientVariables(
        client_id="INF_APP_CONNECTION_GITHUB_APP_CLIENT_ID",
        client_secret="INF_APP_CONNECTION_GITHUB_APP_CLIENT_SECRET",  # noqa: S106  # the name of a variable
        url="INF_APP_CONNECTION_GITHUB_APP_HOST",
        read_url=url_of_setting,
        details={"slug": "INF_APP_CONNECTION_GITHUB_APP_SLUG", "appId": "INF_APP_CONNECTION_GITHUB_APP_ID"},
        private_key="INF_APP_CONNECTION_GITHUB_APP_PRIVATE_KEY",
        read_private_key=private_key.read,
    ),
    steps=journeys.TO_AN_APP,
    maker=app_maker.MAKER,
    labels={"slug": "Slug", "appId": "App ID", "name": "Name", "owner": "Owner"},
)

METHOD = Method(
    name=NAME,
    display_name="GitHub App",
    fields=(
        Field(
            name="code",
            kind=Kind.SECRET,
            label="Authorization code",
            refusal="GitHub App code required",
            example="1f0e2d3c4b5a69788796",
        ),
        Field(
            name="installationId",
            kind=Kind.TEXT,
            label="Installation ID",
            refusal="GitHub App Installation ID required",
            example="51234567",
        ),
        *OF_SERVER,
    ),
    verify=app_facts.verify,
    refusal=token_endpoint.REFUSED,
    told=TOLD,
    hint="You install an App on an account and choose its repositories. It acts as itself, not as you.",
    is_recommended=True,
    oauth=OAuth(
        client=CLIENT.name,
        journey=journeys.INSTALLING,
        asks="The App",
        uses=(
            Use(name="install", label="Install it now", scopes=(), has_challenge=False),
            Use(name="installed", label="It is installed already", scopes=(), is_there=True),
        ),
        authorize_url=installing.authorize_url,
        exchange=exchange,
        refresh=refresh,
        revoke=revoke,
        refusal=token_endpoint.refusal,
        brought=(Brought("installationId", "installation_id", journeys.ABSENT),),
        kept=KEPT,
        makes_tokens=True,
        pending=journeys.pending,
        candidates=installing.candidates,
    ),
)
