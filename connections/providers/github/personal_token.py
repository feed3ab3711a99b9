"""The method `pat`: a personal access token, classic or fine-grained, used as it is."""

from collections.abc import Iterator

from connections.providers import http
from connections.providers.base import (
    Credentials,
    CredentialWarning,
    Detail,
    Facts,
    Field,
    Kind,
    Method,
    Verified,
)
from connections.providers.clients import Server
from connections.providers.github import client
from connections.providers.github.credentials import api_url
from connections.providers.github.fields import OF_SERVER
from connections.providers.github.guide import guide

NAME = "pat"
FIELD = "personalAccessToken"
VERIFY_SECONDS = 15.0
CLASSIC, FINE_GRAINED = "Classic", "Fine-grained"


def verify(server: Server, credentials: Credentials) -> Verified:
    """Ask GitHub whose the token is, what it may do and when it ends.

    A token that works is accepted; what is wrong with it becomes a warning. Raises ProviderError.
    """
    with http.session(server.network, budget=VERIFY_SECONDS) as calls:
        user = client.user(calls, api_url(server.url), str(credentials[FIELD]))
    scopes = user.token.scopes
    facts = Facts(
        account=user.account,
        scopes=scopes or (),
        is_scoped=scopes is not None,
        expires_at=user.token.expires_at,
        details=[Detail("Token", [FINE_GRAINED if scopes is None else CLASSIC])],
        warnings=tuple(_warnings(scopes)),
    )
    return Verified(credentials=credentials, facts=facts)


def _warnings(scopes: tuple[str, ...] | None) -> Iterator[CredentialWarning]:
    """Yield what is wrong with a token that works. What a fine-grained one may do GitHub does not say."""
    if scopes is not None and "repo" not in scopes:
        held = ", ".join(scopes) or "none"
        message = f"The token lacks the scope repo, which secret syncs need; its scopes: {held}."
        yield CredentialWarning("missing_scope", message)


METHOD = Method(
    name=NAME,
    display_name="Personal Access Token",
    fields=(
        Field(
            name=FIELD,
            kind=Kind.SECRET,
            label="Personal access token",
            refusal="Personal Access Token required",
            example="github_pat_xxxxxxxxxxxxxxxxxxxx",
            help="It is sealed when it is stored, and no page shows it again.",
        ),
        *OF_SERVER,
    ),
    verify=verify,
    refusal="Unable to validate Personal Access Token: verify token has proper permissions. ",
    hint="A token that you make at GitHub, classic or fine-grained. It acts as you, and ends when you say.",
    guide=guide,
)
