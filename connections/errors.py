"""What can go wrong with a connection, in the contract's words.

WireError (wire/errors.py)
├── BadRequest
│   ├── CredentialsRefused   GitLab or GitHub did not accept the credentials, or could not be asked
│   ├── ExchangeFailed       GitLab or GitHub gave no tokens for an authorization code
│   ├── InstanceInUse        OAuth connections depend on a registered instance as it is
│   ├── InstanceRefused      an instance cannot be registered or changed like this
│   ├── InstanceTaken        an instance is registered already
│   ├── ListingFailed        a list could not be fetched from GitLab or GitHub
│   ├── NameTaken
│   ├── NotReconnectable     the connection was not made by OAuth
│   ├── NoClientThere        we have no OAuth client at that instance
│   ├── ReconnectRequired    the grant is gone: only a person can help
│   ├── ScopesLacking        the grant covers less than was asked for
│   ├── WrongApp             the connection belongs to another app
│   └── WrongMethod          the credentials are of another method
├── RateLimited
│   ├── ProviderRateLimited  GitLab or GitHub asks to wait
│   └── TooManyCalls         as many calls to that server are under way as we allow
├── NotFound
│   ├── ClientKindNotFound
│   ├── ClientNotFound
│   ├── ConnectionNotFound
│   ├── ConnectionNameNotFound
│   ├── GatewayNotFound
│   └── InstanceNotFound
├── Unavailable
│   └── TokenUnavailable     no valid token now, but perhaps later
├── Forbidden
│   └── AccessRefused        the account may not use what it named at GitLab or GitHub
└── ServerError
    ├── ClientNotConfigured  the operator has set no OAuth client
    └── Unsealable           a sealed value does not open: a wrong key, or a row that was tampered with
"""

import math
from collections.abc import Iterable, Sequence

from wire.errors import BadRequest, Forbidden, NotFound, RateLimited, ServerError, Unavailable


class CredentialsRefused(BadRequest):
    """`words` are the contract's, `cause` is what the provider says.

    `is_refusal`: it looked at the credentials; otherwise it could not be asked.
    """

    def __init__(self, words: str, cause: str, *, is_refusal: bool = False) -> None:
        super().__init__(f"{words}{cause}")
        self.cause = cause
        self.is_refusal = is_refusal


class NotReconnectable(BadRequest):
    def __init__(self, provider: str, method: str) -> None:
        super().__init__(
            f"A {provider} Connection with method {method} has no grant to renew. Replace its credentials instead."
        )


class ExchangeFailed(BadRequest):
    pass


class AccessRefused(Forbidden):
    """`page_url`, called `page_label`, is where that can be changed; both are empty where nobody knows."""

    def __init__(self, message: str, *, page_url: str = "", page_label: str = "") -> None:
        super().__init__(message)
        self.page_url = page_url
        self.page_label = page_label


class NoClientThere(BadRequest):
    """`kind` is what is lacking; `own_url` is the instance of the configured one, empty when none is configured."""

    def __init__(self, app: str, kind: str, url: str, own_url: str) -> None:
        belongs = (
            f" The configured one belongs to {own_url}, and its secret is sent nowhere else." if own_url else ""
        )
        super().__init__(
            f"There is no {kind} for {url}.{belongs} Register the instance with one of its own: "
            f"POST /api/v1/app-connections/{app}/instances."
        )


class InstanceTaken(BadRequest):
    def __init__(self, url: str) -> None:
        super().__init__(f"The instance {url} is already registered. Change it, or delete it first.")


class InstanceRefused(BadRequest):
    pass


class InstanceInUse(BadRequest):
    """`count` connections have grants of our clients at `url`; `cause` is what to do about them."""

    def __init__(self, url: str, count: int, cause: str) -> None:
        depending = "1 connection depends" if count == 1 else f"{count} connections depend"
        super().__init__(f"{depending} on {url}. {cause}")


class ScopesLacking(BadRequest):
    def __init__(self, provider: str, missing: Sequence[str]) -> None:
        super().__init__(
            f"{provider} granted less than was asked for: {', '.join(missing)} missing. Add the scopes to the "
            f"OAuth application at {provider}, then connect again."
        )


class ReconnectRequired(BadRequest):
    def __init__(self, provider: str, cause: str) -> None:
        super().__init__(f"Failed to refresh {provider} token: {cause} Reconnect the connection.")


class TokenUnavailable(Unavailable):
    """`retry_after` is in seconds."""

    def __init__(self, cause: str, retry_after: float) -> None:
        super().__init__(
            f"There is no valid token at the moment. {cause}", retry_after=max(1, math.ceil(retry_after))
        )


class ClientNotConfigured(ServerError):
    pass


class ListingFailed(BadRequest):
    def __init__(self, provider: str, listed: str, cause: str) -> None:
        super().__init__(f"Failed to fetch {provider} {listed}: {cause}")


class ProviderRateLimited(RateLimited):
    """`limit` is which one, where the provider has several."""

    def __init__(self, provider: str, doing: str, retry_after: float | None, limit: str = "") -> None:
        which = f"{provider} {limit}" if limit else provider
        message = f"{which} rate limit reached while {doing}. Wait a moment and try again."
        super().__init__(message, retry_after=max(1, math.ceil(retry_after or 60)))


class TooManyCalls(RateLimited):
    """429 rather than 503: it is what the contract's clients repeat by themselves."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry_after=5)


class NameTaken(BadRequest):
    def __init__(self, name: str) -> None:
        super().__init__(f'An App Connection with the name "{name}" already exists')


class WrongApp(BadRequest):
    def __init__(self, reference: str, app: str) -> None:
        super().__init__(f'App Connection with {reference} is not for App "{app}"')


class WrongMethod(BadRequest):
    def __init__(self, provider: str, method: str) -> None:
        super().__init__(f"Invalid credential format for {provider} Connection with method {method}")


class ConnectionNotFound(NotFound):
    def __init__(self, connection_id: str) -> None:
        super().__init__(f"Could not find App Connection with ID {connection_id}")


class ConnectionNameNotFound(NotFound):
    def __init__(self, name: str, *, in_project: bool) -> None:
        scope = "project" if in_project else "organization"
        super().__init__(f"Could not find App Connection with name {name} in {scope} scope.")


class GatewayNotFound(NotFound):
    """The contract knows gateways; we have none."""

    def __init__(self, gateway_id: str) -> None:
        super().__init__(f"Gateway with ID {gateway_id} not found for org")


class ClientKindNotFound(NotFound):
    """`kinds` are those that there are, by their names."""

    def __init__(self, provider: str, kinds: Iterable[str]) -> None:
        super().__init__(f"{provider} has no such kind of client. Those that it has are: {', '.join(kinds)}.")


class ClientNotFound(NotFound):
    def __init__(self, kind: str, url: str) -> None:
        super().__init__(f"There is no {kind} of your own at {url}.")


class InstanceNotFound(NotFound):
    def __init__(self, instance_id: str) -> None:
        super().__init__(f"Could not find instance with ID {instance_id}")


class Unsealable(ServerError):
    """The message is for the log; the client is told of an internal error only."""

    @property
    def message(self) -> str:
        return self.default
