"""How we are known at a server: an OAuth application, or an App that is more than one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from connections.providers.network import Network


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """How we are known to one server. Of several secrets each is tried in turn: renewing one breaks nothing.

    `details` is what else may be told of it, `private_keys` (PEM) what an App signs with, tried in the same way;
    both are often empty.
    """

    id: str
    secrets: Sequence[str] = field(repr=False)
    redirect_uri: str
    details: Mapping[str, str] = field(default_factory=dict)
    private_keys: Sequence[str] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Server:
    """One GitLab or GitHub: its URL without a trailing slash, the rule its calls obey, and our OAuth client there.

    A client belongs to its server: its secrets are sent to `url` and nowhere else.
    """

    url: str
    network: Network
    client: OAuthClient | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ClientVariables:
    """The environment variables of a client that the operator configures, and whose server it is for.

    `read_url` makes a URL of what the variable `url` holds, `read_private_key` a PEM of any spelling; both raise
    ValueError. `details` names the variables of what else belongs to the client.
    """

    client_id: str
    client_secret: str
    url: str
    read_url: Callable[[str], str] = str
    details: Mapping[str, str] = field(default_factory=dict)
    private_key: str = ""
    read_private_key: Callable[[str], str] = str

    @property
    def needed(self) -> Sequence[str]:
        """The variables of which all are set, or none."""
        names = (self.client_id, self.client_secret, self.private_key, *self.details.values())
        return [name for name in names if name]

    @property
    def all(self) -> Sequence[str]:
        """The same, and the one that says whose server the client is for."""
        return [*self.needed, self.url]


@dataclass(frozen=True, slots=True)
class Made:
    """A client that a server made for us. `page` is where people see to it there."""

    client: OAuthClient = field(repr=False)
    name: str
    page: str
    other_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Order:
    """What a client is to be made with. `owner` is an organization there; empty for the person's own account."""

    name: str
    owner: str
    state: str = field(repr=False)
    site_url: str
    made_uri: str
    redirect_uris: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Maker:
    """How a server makes a client by itself: a person posts a form there, and brings back a code.

    `form` gives the address and the fields of the form; `convert` exchanges the code, and raises ProviderError. The
    server keeps what it made for so long (`lifetime`) to be fetched.

    A name may have `longest_name` characters. `owner_label` is what people call who owns the client if not they,
    `owner_pattern` how that is written, and `owner_rule` the same in words; `on_owner` says what follows from it.
    """

    form: Callable[[Server, Order], tuple[str, Mapping[str, str]]]
    convert: Callable[[Server, str, str], Made]
    lifetime: timedelta
    longest_name: int
    owner_label: str
    owner_pattern: str
    owner_rule: str
    on_owner: str
    permissions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class ClientKind:
    """A kind of client that a provider knows.

    `title` is what the server's people call it, `labels` what they call its details; `missing` is the contract's
    word for its lack. `steps` tell how it is made there by hand, above its redirect URI and what it may do.
    """

    name: str
    title: str
    missing: str
    variables: ClientVariables
    steps: Sequence[str]
    maker: Maker | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
