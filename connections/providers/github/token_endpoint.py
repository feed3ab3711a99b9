"""GitHub's token endpoint, for OAuth apps and GitHub Apps alike: its words, and what they mean in the contract's.

https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
"""

from connections.providers import oauth2
from connections.providers.answer import Answer, phrase_of
from connections.providers.base import Credentials
from connections.providers.clients import Server
from connections.providers.errors import Declined, ProviderError, RateLimited, Refused, TokenMissing
from connections.providers.github import limits
from connections.providers.github.credentials import DEFAULT_URL, credentials_at
from connections.providers.oauth2 import INVALID_CLIENT, INVALID_GRANT
from connections.providers.token_answers import Tokens

CODES = {
    "Not Found": INVALID_CLIENT,  # with status 404, of a client that it has never heard of
    "bad_refresh_token": INVALID_GRANT,
    "bad_verification_code": INVALID_GRANT,
    "incorrect_client_credentials": INVALID_CLIENT,
}
OF_SERVER = ("instanceType", "host")
REFUSED = "Unable to validate connection: verify credentials. "


def limited(answer: Answer) -> RateLimited | None:
    """Return the error for an answer that a limit is reached; GitHub has two, and a 403 for both."""
    return limits.reached(answer, answer.url, str(answer.json_object_if_any().get("message")))


DIALECT = oauth2.Dialect(CODES, limited)


def authorize_endpoint(server: Server) -> str:
    return f"{server.url}/login/oauth/authorize"


def token_endpoint(server: Server) -> str:
    return f"{server.url}/login/oauth/access_token"


def exchange(server: Server, given: Credentials) -> Tokens:
    """Return the tokens for the code that was given, with its verifier where there was a challenge."""
    code, verifier = str(given["code"]), given.get("codeVerifier")
    return oauth2.exchange(server, token_endpoint(server), code=code, verifier=verifier, dialect=DIALECT)


def of_server(server: Server, given: Credentials) -> Credentials:
    """Return what of the credentials says which server they are for: it is named, since the default may change."""
    if given.get("host") or server.url == DEFAULT_URL:
        return {name: given[name] for name in OF_SERVER if name in given}
    return credentials_at(server.url)


def refusal(error: ProviderError) -> str:
    """Word a failed exchange as the contract does, with the cause and the cure behind."""
    if isinstance(error, Refused) and error.said:
        cure = oauth2.cure_of(error)
        said = f"{error.said.rstrip('.')}. {cure}" if cure else error.said
        return f"Unable to validate credentials: GitHub responded with an error: {said}"
    if isinstance(error, Declined):
        return (
            f"Unable to validate credentials: GitHub responded with a status code of {error.status} "
            f"({phrase_of(error.status)}). Verify credentials and try again. {error.message}"
        )
    if isinstance(error, TokenMissing):
        return f"Missing access token: {error.message}"
    return f"{REFUSED}{error.message}"
