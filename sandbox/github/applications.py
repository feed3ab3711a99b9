"""OAuth apps and GitHub Apps: who may ask a person for a token.

https://docs.github.com/apps/oauth-apps/building-oauth-apps/differences-between-github-apps-and-oauth-apps
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.github.callbacks import below
from sandbox.github.state import Account, User

_app_ids = count(2001)


@dataclass(kw_only=True)
class OAuthApplication:
    """`callback_urls` has one address at GitHub, and may have several here."""

    client_id: str
    client_secret: str = field(repr=False)
    name: str
    callback_urls: tuple[str, ...]

    def allows(self, redirect_uri: str) -> bool:
        return any(below(redirect_uri, registered) for registered in self.callback_urls)

    def check_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(client_secret.encode(), self.client_secret.encode())

    def renew_secret(self) -> str:
        """The new secret; the old one is refused from now on."""
        self.client_secret = secrets.token_hex(20)
        return self.client_secret


@dataclass(kw_only=True)
class App(OAuthApplication):
    """A GitHub App. `private_key` is its PEM (PKCS#1).

    `expiring` user tokens live 8 hours and come with a refresh token. With `oauth_on_install` a person who installs
    the app authorizes it in the same step, and is sent to the first callback; otherwise to `setup_url`. Who changes
    an installation is sent there only with `setup_on_update`.
    """

    id: int = field(default_factory=lambda: next(_app_ids))
    slug: str
    owner: Account
    created_at: float
    permissions: dict[str, str]
    events: tuple[str, ...] = ()
    description: str = ""
    external_url: str = "https://example.com"
    expiring: bool = True
    oauth_on_install: bool = True
    setup_url: str = ""
    setup_on_update: bool = True
    public: bool = True
    webhook_secret: str | None = field(default=None, repr=False)
    private_key: str = field(repr=False)

    def renew_private_key(self) -> str:
        """The new key; what the old one signs is refused from now on."""
        self.private_key = new_private_key()
        return self.private_key

    def public_key(self) -> rsa.RSAPublicKey:
        return _public_key(self.private_key)


@cache
def _public_key(pem: str) -> rsa.RSAPublicKey:
    """Kept, because reading a key takes longer than all else that a request needs."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("an app has an RSA key")
    return key.public_key()


def new_private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    traditional = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, traditional, serialization.NoEncryption()).decode()


def slug_of(name: str) -> str:
    """The name as it stands in addresses: lower case, everything else a dash."""
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in name.lower())
    return "-".join(words.split())


class Applications:
    """Every application of one sandbox, and which people authorized which of them for which scopes."""

    def __init__(self) -> None:
        self.by_id: dict[str, OAuthApplication] = {}
        self.authorized: dict[tuple[str, int], set[str]] = {}

    def add(self, application: OAuthApplication) -> None:
        """Raises ValueError for an app whose name or number is taken."""
        if isinstance(application, App) and (self.app(application.slug) or self.app_of_issuer(application.id)):
            raise ValueError("Name is already taken")
        self.by_id[application.client_id] = application

    def apps(self) -> Sequence[App]:
        return [each for each in list(self.by_id.values()) if isinstance(each, App)]

    def app(self, slug: str) -> App | None:
        return next((app for app in self.apps() if app.slug == slug.lower()), None)

    def app_of_issuer(self, issuer: object) -> App | None:
        """The app whose client id or number is `issuer`, the number as such or as text."""
        return next((app for app in self.apps() if issuer in (app.client_id, app.id, str(app.id))), None)

    def authorize(self, application: OAuthApplication, user: User, scopes: Sequence[str]) -> None:
        self.authorized.setdefault((application.client_id, user.id), set()).update(scopes)

    def is_authorized(self, application: OAuthApplication, user: User, scopes: Sequence[str]) -> bool:
        granted = self.authorized.get((application.client_id, user.id))
        return granted is not None and granted >= set(scopes)
