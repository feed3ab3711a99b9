"""Whose an installation of a GitHub App is: who connects shows it by their own token, used once and ended.

https://docs.github.com/en/apps/sharing-github-apps/sharing-your-github-app
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from urllib.parse import quote, urlencode

from connections.providers import http, oauth2
from connections.providers.base import Candidate, Credentials
from connections.providers.clients import OAuthClient, Server
from connections.providers.errors import NotTheirs, ProviderError
from connections.providers.github import client, journeys, token_endpoint
from connections.providers.github.credentials import api_url, is_hosted
from connections.providers.github.oauth import end_token
from connections.providers.github.shapes import Installation
from connections.providers.guides import Page
from connections.providers.journeys import Consent

EXCHANGE_SECONDS = 30.0
MOST_OFFERED = 1000
NOT_THEIRS = "User does not have access to the provided installation"


def authorize_url(server: Server, consent: Consent) -> str:
    """Return where a person installs the App; or, where it is installed already, where they show who they are."""
    if consent.use.is_there:
        return oauth2.authorize_url(server, token_endpoint.authorize_endpoint(server), consent)
    return f"{_install_url(server)}?{urlencode({'state': consent.state})}"


def _install_url(server: Server) -> str:
    slug = quote(oauth2.client_of(server).details["slug"], safe="")
    apps = "apps" if is_hosted(server.url) else "github-apps"
    return f"{server.url}/{apps}/{slug}/installations/new"


def theirs(server: Server, given: Credentials) -> Credentials:
    """Exchange a code, see that the installation that came with it is theirs, and return what names it.

    Raises NotTheirs.
    """
    with _of_person(server, given) as installations:
        return _named(server, given, _picked(server, installations, given))


def candidates(server: Server, given: Credentials) -> Sequence[Candidate]:
    """Exchange a code, and return the installations that are theirs to use. Raises NotTheirs for none."""
    with _of_person(server, given) as installations:
        found = sorted(islice(installations, MOST_OFFERED), key=lambda each: each.account.login.lower())
    if not found:
        raise NotTheirs(journeys.NOWHERE)
    return [Candidate(f"{each.account.login} ({each.account.type})", _named(server, given, each)) for each in found]


@contextmanager
def _of_person(server: Server, given: Credentials) -> Iterator[Iterator[Installation]]:
    """Lend the installations of the person whose code was given. Their token ends with it."""
    tokens = token_endpoint.exchange(server, given)
    try:
        with http.session(server.network, budget=EXCHANGE_SECONDS) as calls:
            yield client.installations_of_user(calls, api_url(server.url), tokens.access_token)
    finally:
        with suppress(ProviderError):  # it ends by itself in some hours
            end_token(server, oauth2.client_of(server), tokens.access_token)


def _picked(server: Server, installations: Iterator[Installation], given: Credentials) -> Installation:
    """Return the installation that was named; of a connection that is there, also one made anew in its place."""
    again: Installation | None = None
    for each in installations:
        if str(each.id) == str(given["installationId"]):
            return each
        if str(each.account.id) == given.get("accountId"):
            again = each
    if again is None:
        page = Page(_install_url(server), "Install the GitHub App")
        where = f". Install the App on {given['account']} again, then reconnect." if "account" in given else ""
        raise NotTheirs(f"{NOT_THEIRS}{where}", page=page)
    return again


def _named(server: Server, given: Credentials, found: Installation) -> Credentials:
    known_as = oauth2.client_of(server)
    return {**token_endpoint.of_server(server, given), "clientId": known_as.id, **naming(found, known_as)}


def naming(found: Installation, known_as: OAuthClient) -> Credentials:
    """Return what names an installation, and where it is, so that it is found again when its id has changed."""
    return {
        "appSlug": found.app_slug or known_as.details.get("slug", ""),
        "installationId": str(found.id),
        "account": found.account.login,
        "accountId": str(found.account.id),
        "accountType": found.account.type,
    }
