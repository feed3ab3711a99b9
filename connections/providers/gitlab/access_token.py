"""The method `access-token`: a personal, project or group access token, used as it is."""

import re
from collections.abc import Iterator

from connections.providers import http
from connections.providers.base import (
    Account,
    Credentials,
    CredentialWarning,
    Facts,
    Field,
    Kind,
    Method,
    Verified,
)
from connections.providers.clients import Server
from connections.providers.errors import Refused
from connections.providers.gitlab import client
from connections.providers.gitlab.client import ScopeLacking, TokenFacts
from connections.providers.gitlab.credentials import INSTANCE_URL, REFUSAL
from connections.providers.gitlab.guide import guide
from connections.providers.http import Calls

NAME = "access-token"
TYPES = {
    "personal": "Personal: all that you see",
    "project": "Project: one project",
    "group": "Group: a group and its projects",
}
# The user names of the bots behind project and group tokens:
# https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
BOT = re.compile(r"(?P<type>project|group)_\d+_bot")
# A GitLab older than 15.5 has no page about the token itself.
NO_SUCH_PAGE = {400, 404, 405}
VERIFY_SECONDS = 15.0


def verify(server: Server, credentials: Credentials) -> Verified:
    """Ask GitLab whose the token is and what it may do.

    A token that works is accepted; what is wrong with it becomes a warning. Raises ProviderError when GitLab
    refuses the token, or cannot be asked.
    """
    auth = client.headers(NAME, credentials)
    with http.session(server.network, budget=VERIFY_SECONDS) as calls:
        account = _account(calls, server, auth)
        token = _token(calls, server, auth)
    if token and token.revoked:
        raise Refused("Unauthorized. Cause: the token has been revoked. Create a new one.", status=401)
    facts = Facts(
        account=account,
        scopes=token.scopes if token else (),
        expires_at=token.expires_at if token else None,
        warnings=tuple(_warnings(str(credentials["accessTokenType"]), account, token)),
    )
    return Verified(credentials=credentials, facts=facts)


def _account(calls: Calls, server: Server, auth: dict[str, str]) -> Account | None:
    """Return whose the token is; None for a token that lives, but whose scopes do not let it say so."""
    try:
        return client.user(calls, server, auth)
    except ScopeLacking:
        return None


def _token(calls: Calls, server: Server, auth: dict[str, str]) -> TokenFacts | None:
    """Return what the token is; None where GitLab is too old to say."""
    try:
        return client.token_itself(calls, server, auth)
    except Refused as refusal:
        if refusal.status not in NO_SUCH_PAGE:
            raise
        return None


def _warnings(given_type: str, account: Account | None, token: TokenFacts | None) -> Iterator[CredentialWarning]:
    """Yield what is wrong with a token that works."""
    real = real_type(account) if account else given_type
    if account is None:
        message = "The token may not read its own user. Add the scope read_user or api."
        yield CredentialWarning("account_unknown", message)
    if real != given_type:
        message = f"This is a {real} access token, but accessTokenType says {given_type}."
        yield CredentialWarning("token_type_mismatch", message)
    if token and not token.granular and "api" not in token.scopes:
        held = ", ".join(token.scopes) or "none"
        message = f"The token lacks the scope api, which secret syncs need; its scopes: {held}."
        yield CredentialWarning("missing_scope", message)


def real_type(account: Account) -> str:
    """Return the type of the token that belongs to this account: project and group tokens have a bot user each."""
    bot = BOT.match(account.username) if account.is_bot else None
    return bot["type"] if bot else "personal"


METHOD = Method(
    name=NAME,
    display_name="Access Token",
    fields=(
        Field(
            name="accessToken",
            kind=Kind.SECRET,
            label="Access token",
            refusal="Access Token required",
            example="glpat-xxxxxxxxxxxxxxxxxxxx",
            help="It is sealed when it is stored, and no page shows it again.",
        ),
        Field(
            name="accessTokenType",
            kind=Kind.CHOICE,
            label="Access token type",
            public=True,
            choices=tuple(TYPES),
            choice_labels=TYPES,
            example="project",
        ),
        INSTANCE_URL,
    ),
    verify=verify,
    refusal=REFUSAL,
    hint="A token that you make at GitLab: for pipelines, and for what belongs to a project or group, not to you.",
    guide=guide,
)
