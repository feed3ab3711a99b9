"""The method `oauth`: a person's grant to an OAuth app, or to a GitHub App in the place of one.

https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps. An OAuth app's token never
ends by itself. A GitHub App's lives eight hours where its expiry is on, and is refreshed as GitLab's are: the
refresh token is used up, and the old access token ends.
https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens
"""

from http import HTTPStatus

from connections.providers import http, oauth2
from connections.providers.base import Credentials, Detail, Facts, Field, Grant, Kind, Method, OAuth, Verified
from connections.providers.clients import ClientKind, ClientVariables, OAuthClient, Server
from connections.providers.errors import GrantLost, Refused
from connections.providers.github import client, journeys, token_endpoint
from connections.providers.github.credentials import api_url, url_of_setting
from connections.providers.github.fields import OF_SERVER
from connections.providers.github.guide import SYNC_SCOPES
from connections.providers.journeys import Consent, Use

NAME = "oauth"
VERIFY_SECONDS = 15.0
REFRESH_SECONDS = 60.0
REVOKE_SECONDS = 5.0
LOST = "GitHub does not accept its token any more. It was revoked, or the app was deleted."
OF_AN_OAUTH_APP = "gho_"
KEPT = (*token_endpoint.OF_SERVER, "clientId")


def authorize_url(server: Server, consent: Consent) -> str:
    return oauth2.authorize_url(server, token_endpoint.authorize_endpoint(server), consent)


def exchange(server: Server, given: Credentials) -> Grant:
    """Exchange a code. The credentials name the server and the client: both settings may change."""
    tokens = token_endpoint.exchange(server, given)
    known_as = {"clientId": oauth2.client_of(server).id}
    return oauth2.grant_of(tokens, {**token_endpoint.of_server(server, given), **known_as}, KEPT)


def refresh(server: Server, credentials: Credentials) -> Grant:
    """Use the refresh token up for a new pair. A token without one ends only when it is revoked."""
    if not credentials.get("refreshToken"):
        raise GrantLost(LOST, status=HTTPStatus.UNAUTHORIZED)
    oauth2.client_of_grant(server, credentials)
    tokens = oauth2.refresh(
        server,
        token_endpoint.token_endpoint(server),
        refresh_token=str(credentials["refreshToken"]),
        seconds=REFRESH_SECONDS,
        dialect=token_endpoint.DIALECT,
    )
    return oauth2.grant_of(tokens, credentials, KEPT)


def revoke(server: Server, credentials: Credentials) -> None:
    """End this token. To end the whole grant would end the tokens of the person's other connections too."""
    end_token(server, oauth2.client_of_grant(server, credentials), str(credentials["accessToken"]))


def end_token(server: Server, known_as: OAuthClient, token: str) -> None:
    """End a person's token; with each client secret in turn, of which one may be out of use."""
    with http.session(server.network, budget=REVOKE_SECONDS) as calls:
        for number, secret in enumerate(known_as.secrets, 1):
            try:
                client.end_user_token(calls, api_url(server.url), known_as.id, secret, token)
            except Refused as refusal:
                if refusal.status == HTTPStatus.UNAUTHORIZED and number < len(known_as.secrets):
                    continue
                if refusal.status != HTTPStatus.NOT_FOUND:  # it has ended already
                    raise
            return


def verify(server: Server, credentials: Credentials) -> Verified:
    """Ask GitHub whose the grant is and what it may do.

    A GitHub App's has no scopes. Nor may one to an OAuth app, which its token tells apart:
    https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
    """
    token = str(credentials["accessToken"])
    with http.session(server.network, budget=VERIFY_SECONDS) as calls:
        user = client.user(calls, api_url(server.url), token)
    is_of_app = not user.token.scopes and not token.startswith(OF_AN_OAUTH_APP)
    facts = Facts(
        account=user.account,
        scopes=user.token.scopes or (),
        is_scoped=not is_of_app,
        details=[Detail("Granted to", ["A GitHub App" if is_of_app else "An OAuth app"])],
    )
    return Verified(credentials=credentials, facts=facts)


CLIENT = ClientKind(
    name="oauth",
    title="OAuth app",
    missing="GitHub OAuth environment variables have not been configured",
    variables=ClientVariables(
        client_id="INF_APP_CONNECTION_GITHUB_OAUTH_CLIENT_ID",
        client_secret="INF_APP_CONNECTION_GITHUB_OAUTH_CLIENT_SECRET",  # noqa: S106  # the name of a variable
        url="INF_APP_CONNECTION_GITHUB_OAUTH_HOST",
        read_url=url_of_setting,
    ),
    steps=journeys.TO_AN_OAUTH_APP,
)

METHOD = Method(
    name=NAME,
    display_name="OAuth",
    fields=(
        Field(
            name="code",
            kind=Kind.SECRET,
            label="Authorization code",
            refusal="OAuth code required",
            example="1f0e2d3c4b5a69788796",
        ),
        *OF_SERVER,
    ),
    verify=verify,
    refusal=token_endpoint.REFUSED,
    told=frozenset({"clientId", "tokenType"}),
    hint="You give access at GitHub once, to all that you may see there. It acts as you.",
    oauth=OAuth(
        client=CLIENT.name,
        journey=journeys.CONSENTING,
        asks="Used for",
        uses=(Use(name="secret-sync", label="Secret sync", scopes=SYNC_SCOPES),),
        authorize_url=authorize_url,
        exchange=exchange,
        refresh=refresh,
        revoke=revoke,
        refusal=token_endpoint.refusal,
    ),
)
