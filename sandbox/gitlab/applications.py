"""OAuth applications and what GitLab issued for them: authorization codes and pairs of tokens.

`Application`, `AuthorizationCode` and `OAuthToken` have the methods that Authlib's provider side
calls on a client, a code and a token.
"""

import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from sandbox.clock import Clock
from sandbox.gitlab.state import User

ACCESS_TOKEN_LIFETIME = 7200
CODE_LIFETIME = 600


@dataclass
class Application:
    """https://docs.gitlab.com/integration/oauth_provider/"""

    client_id: str
    client_secret: str = field(repr=False)
    name: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    confidential: bool
    trusted: bool

    def renew_secret(self) -> str:
        """The new secret; the old one is refused from now on."""
        self.client_secret = new_secret()
        return self.client_secret

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or "api"

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return any(same_redirect_uri(redirect_uri, registered) for registered in self.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(client_secret.encode(), self.client_secret.encode())

    def check_endpoint_auth_method(self, *_: str) -> bool:
        return True

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, *_: str) -> bool:
        return True

    def allows(self, scopes: tuple[str, ...]) -> bool:
        return bool(scopes) and set(scopes) <= set(self.scopes)


def new_secret() -> str:
    return f"gloas-{secrets.token_hex(32)}"


def same_redirect_uri(asked: str, registered: str) -> bool:
    """Whether GitLab takes `asked` for `registered`: an added query does not matter (nor does the
    port of a loopback address, RFC 8252, section 7.3); everything else does."""
    a, b = urlsplit(asked), urlsplit(registered)
    if b.query and a.query != b.query:
        return False
    a, b = a._replace(query=""), b._replace(query="")
    if _is_loopback(a) and _is_loopback(b):
        a, b = a._replace(netloc=a.hostname or ""), b._replace(netloc=b.hostname or "")
    return a == b


def _is_loopback(uri: SplitResult) -> bool:
    try:
        return ipaddress.ip_address(uri.hostname or "").is_loopback
    except ValueError:
        return False


@dataclass
class AuthorizationCode:
    code: str = field(repr=False)
    application: Application
    user: User
    redirect_uri: str
    scopes: tuple[str, ...]
    expires_at: float
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    used: bool = False

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.scopes)


@dataclass
class OAuthToken:
    """An access token and the refresh token issued with it (empty for none): they are revoked as one."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    application: Application
    user: User | None
    scopes: tuple[str, ...]
    created_at: int
    clock: Clock = field(repr=False)
    revoked: bool = False

    def revoke(self) -> None:
        self.revoked = True

    def expires_in(self) -> int:
        return self.created_at + ACCESS_TOKEN_LIFETIME - int(self.clock.now())

    def accessible(self) -> bool:
        return not self.revoked and not self.is_expired()

    def check_client(self, client: Application) -> bool:
        return client.client_id == self.application.client_id

    def get_scope(self) -> str:
        return " ".join(self.scopes)

    def is_expired(self) -> bool:
        return self.expires_in() <= 0

    def is_revoked(self) -> bool:
        return self.revoked


class Applications:
    """Every application, code and pair of tokens of one sandbox."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.by_id: dict[str, Application] = {}
        self.codes: dict[str, AuthorizationCode] = {}
        self._by_access: dict[str, OAuthToken] = {}
        self._by_refresh: dict[str, OAuthToken] = {}

    def add(self, application: Application) -> Application:
        self.by_id[application.client_id] = application
        return application

    def delete(self, application: Application) -> None:
        """Forget an application and everything issued for it, as GitLab does when it is deleted."""
        self.by_id.pop(application.client_id, None)
        gone = [t for t in self._by_access.values() if t.check_client(application)]
        for token in gone:
            self._by_access.pop(token.access_token)
            self._by_refresh.pop(token.refresh_token, None)
        self.codes = {c: v for c, v in self.codes.items() if v.application is not application}

    def issue(self, application: Application, user: User | None, scopes: tuple[str, ...]) -> OAuthToken:
        return self.keep(
            OAuthToken(
                access_token=secrets.token_hex(32),
                refresh_token=secrets.token_hex(32),
                application=application,
                user=user,
                scopes=scopes,
                created_at=int(self.clock.now()),
                clock=self.clock,
            )
        )

    def keep(self, token: OAuthToken) -> OAuthToken:
        self._by_access[token.access_token] = token
        if token.refresh_token:
            self._by_refresh[token.refresh_token] = token
        return token

    def by_access_token(self, value: str) -> OAuthToken | None:
        return self._by_access.get(value)

    def by_refresh_token(self, value: str) -> OAuthToken | None:
        return self._by_refresh.get(value)

    def has_live_token(self, application: Application, user: User, scopes: tuple[str, ...]) -> bool:
        return any(
            token.user is user
            and token.check_client(application)
            and set(token.scopes) == set(scopes)
            and token.accessible()
            for token in list(self._by_access.values())
        )
