"""What GitHub's answers hold, read field by field: none is trusted to be there, and unknown ones are ignored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connections.providers.answer import LONGEST_TEXT, Answer, shown
from connections.providers.base import Account
from connections.providers.errors import NotJson

MOST_SCOPES = 64
MOST_PERMISSIONS = 256
LONGEST_SECRET = 16_384

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What GitHub says of a token: `scopes` is None where it has none, but permissions that it does not tell."""

    scopes: tuple[str, ...] | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class User:
    account: Account
    token: TokenFacts


@dataclass(frozen=True, slots=True)
class Owner:
    """An account: `type` is User, Organization or Bot."""

    id: int
    login: str
    type: str


@dataclass(frozen=True, slots=True)
class Repository:
    """`is_admin`: whether the token's account administers it; an installation's token says no such thing."""

    id: int
    name: str
    full_name: str
    owner: Owner
    is_admin: bool


@dataclass(frozen=True, slots=True)
class Organization:
    id: int
    login: str


@dataclass(frozen=True, slots=True)
class Environment:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Installation:
    """Where an App is installed."""

    id: int
    account: Owner
    app_slug: str


@dataclass(frozen=True, slots=True)
class InstallationToken:
    """A token, and what it may do. `repository_selection` is all or selected."""

    token: str = field(repr=False)
    expires_at: datetime | None
    permissions: Mapping[str, str]
    repository_selection: str


@dataclass(frozen=True, slots=True)
class MadeApp:
    """An App that was made of a manifest, with its secrets."""

    id: int
    slug: str
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    pem: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    owner_login: str
    html_url: str


def user(answer: Answer) -> User:
    """Raises NotJson for an answer that names nobody: what does not is no GitHub."""
    found = answer.json_object()
    if not number(found.get("id")) or not isinstance(found.get("login"), str):
        raise NotJson(f"{answer.url} answered without a user. Check that the host is that of a GitHub.")
    account = Account(
        id=shown(found.get("id")),
        username=shown(found.get("login")),
        name=shown(found.get("name")),
        is_bot=found.get("type") == "Bot",
    )
    return User(account, TokenFacts(_scopes(answer), _token_end(answer)))


def _scopes(answer: Answer) -> tuple[str, ...] | None:
    """https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps"""
    held = answer.headers.get("X-OAuth-Scopes")
    if held is None:
        return None
    scopes = (shown(scope.strip()) for scope in held.split(","))
    return tuple(scope for scope in scopes if scope)[:MOST_SCOPES]


def _token_end(answer: Answer) -> datetime | None:
    """https://github.blog/changelog/2021-07-26-expiration-options-for-personal-access-tokens/"""
    written = answer.headers.get("GitHub-Authentication-Token-Expiration", "").strip()
    try:
        return datetime.strptime(written.replace(" UTC", " +0000"), "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def owner(found: Any) -> Owner:
    found = found if isinstance(found, dict) else {}
    return Owner(number(found.get("id")), shown(found.get("login")), shown(found.get("type")))


def repository(found: Found) -> Repository:
    permissions = found.get("permissions")
    return Repository(
        id=number(found.get("id")),
        name=shown(found.get("name")),
        full_name=shown(found.get("full_name")),
        owner=owner(found.get("owner")),
        is_admin=isinstance(permissions, dict) and permissions.get("admin") is True,
    )


def organization(found: Found) -> Organization:
    return Organization(number(found.get("id")), shown(found.get("login")))


def environment(found: Found) -> Environment:
    return Environment(number(found.get("id")), shown(found.get("name")))


def installation(found: Found) -> Installation:
    return Installation(
        id=number(found.get("id")),
        account=owner(found.get("account")),
        app_slug=shown(found.get("app_slug")),
    )


def installation_token(found: Found) -> InstallationToken:
    """The token is empty where there is none."""
    return InstallationToken(
        token=secret(found.get("token")),
        expires_at=_moment(found.get("expires_at")),
        permissions=_permissions(found.get("permissions")),
        repository_selection=shown(found.get("repository_selection")),
    )


def made_app(found: Found, pem: str) -> MadeApp:
    """`pem` is its private key, read already; the other secrets are empty where there are none."""
    return MadeApp(
        id=number(found.get("id")),
        slug=shown(found.get("slug")),
        name=shown(found.get("name")),
        client_id=identifier(found.get("client_id")),
        client_secret=secret(found.get("client_secret")),
        pem=pem,
        webhook_secret=secret(found.get("webhook_secret")),
        owner_login=owner(found.get("owner")).login,
        html_url=shown(found.get("html_url")),
    )


def _permissions(value: Any) -> Mapping[str, str]:
    items = list(value.items())[:MOST_PERMISSIONS] if isinstance(value, dict) else ()
    return {shown(name): shown(level) for name, level in items}


def number(value: Any) -> int:
    """Return an id, which is never less than 1; 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else 0


def identifier(value: Any) -> str:
    """Return a client's id; empty for anything else, and for one that is too long: cut, it would be another's."""
    text = secret(value)
    return text if len(text) <= LONGEST_TEXT else ""


def secret(value: Any) -> str:
    """Return a secret that can be sent in a header; empty for anything else."""
    fits = isinstance(value, str) and len(value) <= LONGEST_SECRET and value.isascii() and value.isprintable()
    return str(value).strip() if fits else ""


def _moment(value: Any) -> datetime | None:
    """Return a moment written as ISO 8601, in UTC."""
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
