"""What can go wrong between us and GitLab or GitHub. A message names the cause and the cure, and never a secret.

ProviderError
├── NotSent             no  the request itself cannot be written: a line break in a header, say
├── AddressRefused      no  the URL, or the address behind it, is one that we do not call
├── ClientMissing       no  we have no OAuth client at this server
├── Busy               yes  all places for calls to this host, or of this process, are taken
├── NotReached
│   ├── NameNotResolved    yes  the host name has no address
│   ├── ConnectFailed      yes  refused, unreachable, or no TLS spoken there
│   ├── ConnectTimedOut    yes  no connection, or no TLS handshake, in time
│   └── CertificateRejected no  self-signed, unknown authority, expired, for another host
├── NoAnswer
│   ├── ReadTimedOut       yes  hung, or sent its answer too slowly
│   └── ConnectionBroken   yes  closed early, or lost
├── BadAnswer
│   ├── NotHttp             no  bytes that are no HTTP answer
│   ├── BodyTooLarge        no  more than we are ready to read
│   ├── Redirected          no  sends us elsewhere; we never follow
│   ├── NotJson             no  an HTML page, broken JSON, another type (yes with a 5xx status)
│   └── TokenMissing        no  a 200 that holds no access token
└── Declined
    ├── Refused             no  the provider's own 4xx
    │   ├── GrantLost       no  what was granted is gone there for good
    │   └── NotTheirs       no  the account may not use what it named
    ├── RateLimited        yes  429, or GitHub's 403; `retry_after` says when
    └── ServerFailed       yes  5xx

The second column is `retryable`: will the same call, made again later, perhaps succeed?
"""

from http import HTTPStatus
from typing import ClassVar

from connections.providers.guides import Page


class ProviderError(Exception):
    """Base of the tree.

    `message` is shown to API clients after a prefix of the contract: one or two short sentences.
    `retry_after` is the number of seconds that the provider asked us to wait, if it did.
    """

    retryable: bool = False
    retry_after: float | None = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotSent(ProviderError):
    pass


class AddressRefused(ProviderError):
    """The texts below are the wire contract's."""

    LOCAL: ClassVar[str] = "Local IPs not allowed as URL"
    CREDENTIALS: ClassVar[str] = "URLs with user credentials (e.g., user:pass@) are not allowed"


class ClientMissing(ProviderError):
    pass


class Busy(ProviderError):
    retryable = True


class NotReached(ProviderError):
    """Nothing of the request was sent."""

    retryable = True


class NameNotResolved(NotReached):
    """The text below is the wire contract's."""

    NO_ADDRESS: ClassVar[str] = "Could not resolve hostname to any IP address"


class ConnectFailed(NotReached):
    pass


class ConnectTimedOut(NotReached):
    pass


class CertificateRejected(NotReached):
    retryable = False


class NoAnswer(ProviderError):
    """The request may have been carried out: what came of it is unknown."""

    retryable = True


class ReadTimedOut(NoAnswer):
    pass


class ConnectionBroken(NoAnswer):
    pass


class BadAnswer(ProviderError):
    """Something answered, but not as GitLab or GitHub do."""


class NotHttp(BadAnswer):
    pass


class BodyTooLarge(BadAnswer):
    pass


class Redirected(BadAnswer):
    pass


class NotJson(BadAnswer):
    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class TokenMissing(BadAnswer):
    pass


class Declined(ProviderError):
    """The provider answered in its own words. `status` is the HTTP status."""

    def __init__(self, message: str, *, status: int, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class Refused(Declined):
    """`code` is the short word for it, where there is one: insufficient_scope, invalid_grant.

    `said` is what a token endpoint said: its own word and its description.
    """

    def __init__(self, message: str, *, status: int, code: str | None = None, said: str = "") -> None:
        super().__init__(message, status=status)
        self.code = code
        self.said = said


class GrantLost(Refused):
    """What was granted is gone there for good: only a person can grant it anew."""


class NotTheirs(Refused):
    """The account may not use what it named. `page` is where that can be changed."""

    def __init__(self, message: str, *, page: Page | None = None) -> None:
        super().__init__(message, status=HTTPStatus.FORBIDDEN)
        self.page = page


class RateLimited(Declined):
    """`limit` is which one of several was reached, where the provider has several: primary or secondary."""

    retryable = True

    def __init__(
        self, message: str, *, status: int = 429, retry_after: float | None = None, limit: str = ""
    ) -> None:
        super().__init__(message, status=status, retry_after=retry_after)
        self.limit = limit


class ServerFailed(Declined):
    retryable = True
