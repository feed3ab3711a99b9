"""The tokens that stand for a person, and the codes they are issued for.

https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.github.applications import App, OAuthApplication
from sandbox.github.installations import Installation, InstallationToken
from sandbox.github.state import User

CODE_LIFETIME = 600
ACCESS_TOKEN_LIFETIME = 28_800
REFRESH_TOKEN_LIFETIME = 15_897_600


@dataclass(kw_only=True)
class Token:
    """A personal access token, or what an application got for a person.

    `scopes` is None where GitHub counts in permissions: fine-grained tokens and those of GitHub Apps. `permissions`
    narrows a fine-grained token; None leaves it all. `refresh_token` is empty for none.
    """

    value: str = field(repr=False)
    user: User
    scopes: tuple[str, ...] | None
    expires_at: float | None = None
    permissions: dict[str, str] | None = None
    application: OAuthApplication | None = None
    refresh_token: str = field(default="", repr=False)
    refresh_expires_at: float | None = None
    revoked: bool = False

    @property
    def access_token(self) -> str:
        return self.value

    @property
    def app(self) -> App | None:
        """The GitHub App that acts for the person."""
        return self.application if isinstance(self.application, App) else None

    def revoke(self) -> None:
        self.revoked = True


@dataclass(kw_only=True)
class Code:
    value: str = field(repr=False)
    application: OAuthApplication
    user: User
    redirect_uri: str
    scopes: tuple[str, ...]
    expires_at: float
    challenge: str | None = None


class Tokens:
    """Every token and code of one sandbox."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.codes: dict[str, Code] = {}
        self._by_value: dict[str, Token | InstallationToken] = {}
        self._by_refresh: dict[str, Token] = {}

    def keep(self, token: Token | InstallationToken) -> None:
        self._by_value[token.value] = token
        if isinstance(token, Token) and token.refresh_token:
            self._by_refresh[token.refresh_token] = token

    def find(self, value: str) -> Token | InstallationToken | None:
        """The token, whatever its state."""
        return self._by_value.get(value)

    def by_refresh_token(self, value: str) -> Token | None:
        return self._by_refresh.get(value)

    def is_live(self, token: Token | InstallationToken) -> bool:
        return not token.revoked and (token.expires_at is None or self.clock.now() < token.expires_at)

    def issue(self, application: OAuthApplication, user: User, scopes: Sequence[str]) -> Token:
        """What `application` gets for `user`: `gho_`, or `ghu_` for a GitHub App, which may expire."""
        now = self.clock.now()
        is_app = isinstance(application, App)
        expiring = isinstance(application, App) and application.expiring
        token = Token(
            value=f"{'ghu' if is_app else 'gho'}_{secrets.token_hex(18)}",
            user=user,
            scopes=None if is_app else tuple(scopes),
            application=application,
            expires_at=now + ACCESS_TOKEN_LIFETIME if expiring else None,
            refresh_token=f"ghr_{secrets.token_hex(38)}" if expiring else "",
            refresh_expires_at=now + REFRESH_TOKEN_LIFETIME if expiring else None,
        )
        self.keep(token)
        return token

    def new_code(
        self,
        application: OAuthApplication,
        user: User,
        redirect_uri: str,
        scopes: Sequence[str] = (),
        challenge: str | None = None,
    ) -> Code:
        code = Code(
            value=secrets.token_hex(10),
            application=application,
            user=user,
            redirect_uri=redirect_uri,
            scopes=tuple(scopes),
            expires_at=self.clock.now() + CODE_LIFETIME,
            challenge=challenge,
        )
        self.codes[code.value] = code
        return code

    def revoke_of(self, application: OAuthApplication, user: User | None = None) -> None:
        """Everything that `application` has, for one person or for all."""
        for token in list(self._by_value.values()):
            if isinstance(token, Token) and token.application is application and user in (None, token.user):
                token.revoke()

    def revoke_of_installation(self, installation: Installation) -> None:
        for token in list(self._by_value.values()):
            if isinstance(token, InstallationToken) and token.installation is installation:
                token.revoke()
