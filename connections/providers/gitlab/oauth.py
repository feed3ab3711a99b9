"""The method `oauth`: a person's grant, kept alive by its refresh token.

https://docs.gitlab.com/api/oauth2/#authorization-code-flow. An access token lives two hours; a refresh uses the
refresh token up and revokes the old access token in the same moment.
"""

from connections.providers import http, oauth2
from connections.providers.base import Credentials, Facts, Field, Grant, Kind, Method, OAuth, Verified
from connections.providers.clients import ClientKind, ClientVariables, Server
from connections.providers.errors import ProviderError, Refused
from connections.providers.gitlab import client
from connections.providers.gitlab.credentials import DEFAULT_URL, INSTANCE_URL, REFUSAL
from connections.providers.journeys import Consent, Journey, Use

NAME = "oauth"
VERIFY_SECONDS = 15.0
# GitLab gives its own requests a minute. Who stops listening earlier may miss an answer that cannot be had again.
REFRESH_SECONDS = 75.0
REVOKE_SECONDS = 5.0
KEPT = ("instanceUrl", "clientId")


def authorize_url(server: Server, consent: Consent) -> str:
    return oauth2.authorize_url(server, f"{server.url}/oauth/authorize", consent)


def exchange(server: Server, given: Credentials) -> Grant:
    """Exchange a code. The credentials name the instance and the OAuth client: both settings may change."""
    verifier = given.get("codeVerifier")
    tokens = oauth2.exchange(server, _token_endpoint(server), code=str(given["code"]), verifier=verifier)
    is_named = given.get("instanceUrl") or server.url == DEFAULT_URL
    named = given if is_named else {**given, "instanceUrl": server.url}
    return oauth2.grant_of(tokens, {**named, "clientId": oauth2.client_of(server).id}, KEPT)


def refresh(server: Server, credentials: Credentials) -> Grant:
    """Use the refresh token up for a new pair.

    GitLab answers another client as it does for a revoked grant: `invalid_grant`. So another one does not ask.
    """
    oauth2.client_of_grant(server, credentials)
    if not credentials.get("refreshToken"):
        raise Refused("The grant came without a refresh token.", status=400, code=oauth2.INVALID_GRANT)
    tokens = oauth2.refresh(
        server,
        _token_endpoint(server),
        refresh_token=str(credentials["refreshToken"]),
        seconds=REFRESH_SECONDS,
    )
    return oauth2.grant_of(tokens, credentials, KEPT)


def revoke(server: Server, credentials: Credentials) -> None:
    """End the grant: its refresh token and its access token are one, whichever is named."""
    token = credentials.get("refreshToken") or credentials["accessToken"]
    oauth2.revoke(server, f"{server.url}/oauth/revoke", token=str(token), seconds=REVOKE_SECONDS)


def verify(server: Server, credentials: Credentials) -> Verified:
    """Ask GitLab whose the grant is and what it may do."""
    auth = client.headers(NAME, credentials)
    with http.session(server.network, budget=VERIFY_SECONDS) as calls:
        account = client.user(calls, server, auth)
        scopes = client.scopes_of_oauth_token(calls, server, auth)
    return Verified(credentials=credentials, facts=Facts(account=account, scopes=scopes))


def _token_endpoint(server: Server) -> str:
    return f"{server.url}/oauth/token"


def refusal(error: ProviderError) -> str:
    """Word a failed exchange."""
    return f"Failed to exchange OAuth code: {error.message} {oauth2.cure_of(error)}".rstrip()


CLIENT = ClientKind(
    name="oauth",
    title="OAuth application",
    missing="GitLab environment variables have not been configured",
    variables=ClientVariables(
        client_id="INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_ID",
        client_secret="INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_SECRET",  # noqa: S106  # the name of a variable
        url="INF_APP_CONNECTION_GITLAB_OAUTH_INSTANCE_URL",
    ),
    steps=(
        "Sign in at GitLab and create an OAuth application: for the whole instance, or for a group that owns it.",
        "Give it the redirect URI below, letter by letter, and leave it confidential.",
        "Tick the scopes below of what it shall be used for.",
        "Save it, and copy its application ID and its secret, which GitLab shows only once.",
    ),
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
            example="1f0e2d3c4b5a69788796a5b4c3d2e1f0",
        ),
        INSTANCE_URL,
    ),
    verify=verify,
    refusal=REFUSAL,
    told=frozenset({"clientId", "tokenType"}),
    hint="You give access at GitLab once, and it renews itself from then on. It acts as you.",
    oauth=OAuth(
        client=CLIENT.name,
        journey=Journey(
            there="You go to GitLab, give access there, and come back. From then on the connection keeps itself "
            "alive.",
            again="and give access once more.",
            mismatch="Its OAuth application then does not match. It needs this redirect URI, letter by letter, and "
            "these scopes.",
        ),
        asks="Used for",
        uses=(
            Use(name="secret-sync", label="Secret sync", scopes=("api",)),
            Use(name="secret-scanning", label="Secret scanning", scopes=("api", "read_repository")),
        ),
        authorize_url=authorize_url,
        exchange=exchange,
        refresh=refresh,
        revoke=revoke,
        refusal=refusal,
    ),
)
