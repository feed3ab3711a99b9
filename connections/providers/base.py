"""What a provider declares. Everything else derives from it: input fields, what may be shown, URLs, documents.

A provider is data and plain functions: values in, typed results out. It knows no model, no service and no other
provider. A new one is a folder beside this file and one line in `__init__.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from enum import StrEnum
from typing import Any

from connections.providers.clients import ClientKind, Server
from connections.providers.errors import ProviderError
from connections.providers.guides import Guide, Making
from connections.providers.journeys import Brought, Consent, Journey, Pending, Use, never_pending

Credentials = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """Whose the credentials are, as the server says."""

    id: str
    username: str
    name: str
    is_bot: bool


@dataclass(frozen=True, slots=True)
class CredentialWarning:
    """Something that is wrong with credentials that work: a stable code, what it is, and the cure."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that may be told of credentials and that only their provider knows a name for."""

    label: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What may be told of credentials: nothing in here is secret. `expires_at` is None when they do not expire.

    `is_scoped` is False where permissions take the place of scopes: they stand among the `details`.
    """

    account: Account | None = None
    scopes: Sequence[str] = ()
    is_scoped: bool = True
    details: Sequence[Detail] = ()
    expires_at: datetime | None = None
    warnings: Sequence[CredentialWarning] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """Credentials as they are to be sealed, and what the server said of them.

    `token_expires_at` is when the access token among them ends and has to be refreshed; None where it never does.
    """

    credentials: Credentials = dataclass_field(repr=False)
    facts: Facts
    token_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token endpoint gave: credentials to seal, their scopes (None: not said), and when the token ends."""

    credentials: Credentials = dataclass_field(repr=False)
    scopes: Sequence[str] | None
    expires_at: datetime | None


class Kind(StrEnum):
    """How a credential field is read and entered."""

    CHOICE = "choice"
    HOST = "host"
    SECRET = "secret"  # noqa: S105  # a kind of field
    TEXT = "text"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Field:
    """One credential field, by its wire name. Only a `public` one ever leaves the server again.

    `help` is a sentence for who fills it in; `choice_labels` says each choice as people read it. `of_server` fields
    say together which server it is; `needed_with` names a field and the choice of it that make this one required.
    """

    name: str
    kind: Kind
    label: str
    refusal: str = ""
    required: bool = True
    needed_with: tuple[str, str] | None = None
    public: bool = False
    of_server: bool = False
    choices: Sequence[str] = ()
    choice_labels: Mapping[str, str] = dataclass_field(default_factory=dict)
    example: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a person may connect to: what they call it, and credentials that name it and open nothing."""

    label: str
    credentials: Credentials


@dataclass(frozen=True, slots=True, eq=False)
class OAuth:
    """The calls of a method by which a person connects in a browser. Each needs `server.client`.

    `client` names the kind of client that they are made with; `asks` is what the choice among `uses` is called.
    `exchange` takes what was given (a code, with its verifier where there was a challenge, and what is `brought`
    and `kept`); `refresh` and `revoke` take the credentials of a Grant. All raise ProviderError; `refusal` words
    what a failed exchange has raised as the contract does.

    What some methods have beside that: `brought` comes back with the code; `kept` names what of the old credentials
    a reconnect hands to `exchange`. With `makes_tokens`, `refresh` uses nothing up and may be called at any time.
    `pending` tells from the way back that nothing went wrong, though no access came of it. `candidates` takes a
    code as `exchange` does, and returns what the person may connect to; a grant for what is chosen comes from
    `refresh`.
    """

    client: str
    journey: Journey
    uses: Sequence[Use]
    asks: str
    authorize_url: Callable[[Server, Consent], str]
    exchange: Callable[[Server, Credentials], Grant]
    refresh: Callable[[Server, Credentials], Grant]
    revoke: Callable[[Server, Credentials], None]
    refusal: Callable[[ProviderError], str]
    brought: Sequence[Brought] = ()
    kept: Sequence[str] = ()
    makes_tokens: bool = False
    pending: Callable[[Mapping[str, str]], Pending | None] = never_pending
    candidates: Callable[[Server, Credentials], Sequence[Candidate]] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """One way to connect. `verify` asks the server about given credentials; raises ProviderError.

    Where there is `oauth`, what is given is a code, and `verify` gets the credentials it was exchanged for.
    `refusal` is what the contract puts before the cause when they are not accepted. `hint` is one line on when to
    choose it, `is_recommended` that it is the one where nothing speaks against it; `guide` says how to make what it
    asks for. `told` names what is sealed but no secret.
    """

    name: str
    display_name: str
    fields: Sequence[Field]
    verify: Callable[[Server, Credentials], Verified]
    refusal: str
    hint: str
    is_recommended: bool = False
    told: frozenset[str] = frozenset()
    oauth: OAuth | None = None
    guide: Callable[[Making], Guide] | None = None

    def public(self, credentials: Credentials) -> dict[str, Any]:
        """Return the credentials that may be shown: the fields declared public, where they were given."""
        shown = (field.name for field in self.fields if field.public)
        return {name: credentials[name] for name in shown if name in credentials}


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """Something that a connection can list, at `/{connectionId}/{name}`. `fetch` raises ProviderError.

    `item` is an example of one. The answer is a bare array, or an object that holds it under `envelope`; `query`
    are the parameters that a request has to name.
    """

    name: str
    summary: str
    item: Mapping[str, Any]
    fetch: Callable[[Server, str, Credentials, Mapping[str, str]], Sequence[Mapping[str, Any]]]
    envelope: str = ""
    query: Sequence[Field] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Provider:
    """One app: GitLab or GitHub.

    `icon` is our own drawing of it: SVG path data in a box of 20 by 20, filled with the colour of the text.
    `server_url` reads a server out of credentials and takes a default; `credentials_at` is its inverse, and
    `server_field` how people are asked for its URL. `clients` are the kinds of clients that we can have there, the
    first of them one that people register by hand. `options` maps what `/options` shows to the environment variable
    that holds it.
    """

    app: str
    display_name: str
    icon: str
    project_types: frozenset[str]
    methods: Mapping[str, Method]
    default_url: str
    server_field: Field
    server_url: Callable[[Credentials, str], str]
    credentials_at: Callable[[str], Credentials]
    clients: Mapping[str, ClientKind]
    listings: Sequence[Listing] = ()
    options: Mapping[str, str] = dataclass_field(default_factory=dict)
    has_gateways: bool = False

    @property
    def browser_methods(self) -> Mapping[str, Method]:
        """The methods by which a person connects in a browser, by giving consent there."""
        return {name: method for name, method in self.methods.items() if method.oauth}

    @property
    def main_client(self) -> ClientKind:
        """The kind of client that people register by hand."""
        return next(iter(self.clients.values()))

    def client_of(self, method: Method) -> ClientKind | None:
        """Return the kind of client that a method goes by; None for a method that needs none."""
        return self.clients[method.oauth.client] if method.oauth else None
