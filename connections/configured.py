"""The clients that the operator configures in the environment: of each kind one, for one address."""

from functools import cache

from django.conf import settings

from connections.providers import PROVIDERS
from connections.providers.base import Provider
from connections.providers.clients import ClientKind, OAuthClient
from connections.providers.errors import AddressRefused
from connections.providers.http import normal_url


def client_of(kind: ClientKind, redirect_uri: str) -> OAuthClient | None:
    """Return the operator's client of this kind; None when it is not set. Raises ValueError for an unusable key."""
    variables = kind.variables
    if not is_set(kind):
        return None
    return OAuthClient(
        variable(variables.client_id),
        _secrets(variable(variables.client_secret)),
        redirect_uri,
        details={name: value for name, source in variables.details.items() if (value := variable(source))},
        private_keys=[key] if (key := _private_key(kind)) else [],
    )


def is_set(kind: ClientKind) -> bool:
    """Tell whether the operator has set all that such a client needs."""
    return all(variable(name) for name in kind.variables.needed)


def url_of(provider: Provider, kind: ClientKind) -> str:
    """Return the address that the operator's client is for; raises ValueError for what is none."""
    given = variable(kind.variables.url)
    return kind.variables.read_url(given).rstrip("/") if given else provider.default_url


def options(provider: Provider) -> dict[str, str]:
    """Return what clients of the API may know of the environment's clients."""
    return {name: value for name, source in provider.options.items() if (value := variable(source))}


def variable(name: str) -> str:
    """Return a provider's environment variable; empty when it is not set."""
    return str(settings.APP_CONNECTION_VARIABLES.get(name, ""))


def check() -> None:
    """Raise ValueError, naming the variable, for a client that cannot work."""
    for provider in PROVIDERS.values():
        for kind in provider.clients.values():
            _check(provider, kind)


def _check(provider: Provider, kind: ClientKind) -> None:
    variables = kind.variables
    missing = [name for name in variables.needed if not variable(name)]
    if missing and len(missing) < len(variables.needed):
        together = " and ".join([", ".join(variables.needed[:-1]), variables.needed[-1]])
        both = "both or neither" if len(variables.needed) == 2 else "all or none"
        raise ValueError(f"{together} go together: set {both}.")
    if variable(variables.client_secret) and not _secrets(variable(variables.client_secret)):
        raise ValueError(f"{variables.client_secret} holds no secret.")
    try:
        normal_url(url_of(provider, kind))
    except AddressRefused as error:
        raise ValueError(f"{variables.url}: {error.message}") from None
    except ValueError as error:
        raise ValueError(f"{variables.url}: {error}") from None
    try:
        _private_key(kind)
    except ValueError as error:
        raise ValueError(f"{variables.private_key}: {error}") from None


def _private_key(kind: ClientKind) -> str:
    given = variable(kind.variables.private_key)
    return _read_key(kind, given) if given else ""


@cache
def _read_key(kind: ClientKind, given: str) -> str:
    return kind.variables.read_private_key(given)


def _secrets(listed: str) -> list[str]:
    return [secret for part in listed.split(",") if (secret := part.strip())]


def is_same(url: str, other: str) -> bool:
    """Tell whether two addresses are those of one server."""
    try:
        return normal_url(url) == normal_url(other)
    except AddressRefused:
        return False
