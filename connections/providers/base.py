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

from connections.providers.network import Network

Credentials = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """How we are known to one server. Of several secrets each is tried in turn: renewing one breaks nothing."""

    id: str
    secrets: Sequence[str] = dataclass_field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Server:
    """One GitLab or GitHub: its URL without a trailing slash, the rule its calls obey, and our OAuth client there.

    A client belongs to its server: its secrets are sent to `url` and nowhere else.
    """

    url: str
    network: Network
    client: OAuthClient | None = None


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
class Facts:
    """What may be told of credentials: nothing in here is secret. `expires_at` is None when they do not expire."""

    account: Account | None = None
    scopes: Sequence[str] = ()
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
    SECRET = "secret"  # noqa: S105  # a kind of field
    TEXT = "text"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Field:
    """One credential field, by its wire name. Only a `public` one ever leaves the server again.

    `help` is a sentence for who fills it in; `choice_labels` says each choice as people read it.
    """

    name: str
    kind: Kind
    label: str
    refusal: str = ""
    required: bool = True
    public: bool = False
    choices: Sequence[str] = ()
    choice_labels: Mapping[str, str] = dataclass_field(default_factory=dict)
    example: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """What a person connects for, and the scopes that it takes."""

    name: str
    label: str
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person is sent to the server for: the scopes asked, and what ties the answer to the question.

    `verifier` is the PKCE code verifier (RFC 7636), of which only the S256 challenge leaves.
    """

    scopes: Sequence[str]
    state: str = dataclass_field(repr=False)
    verifier: str = dataclass_field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class OAuth:
    """The calls of a method that goes through OAuth. Each needs `server.client`, and raises ProviderError.

    `exchange` takes what was given (a code, with its verifier where there was a challenge); `refresh` and `revoke`
    take the credentials of a Grant.
    """

    uses: Sequence[Use]
    authorize_url: Callable[[Server, Consent], str]
    exchange: Callable[[Server, Credentials], Grant]
    refresh: Callable[[Server, Credentials], Grant]
    revoke: Callable[[Server, Credentials], None]


@dataclass(frozen=True, slots=True)
class Page:
    """A page at a server: an http or https address, and what the link to it says."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Need:
    """What to tick for one purpose: scopes, the least role if there is one, and the page where they are ticked."""

    purpose: str
    scopes: Sequence[str]
    role: str = ""
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What the address of a guide's page depends on besides the server, such as the path of a project."""

    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Guide:
    """How to make credentials of one kind at one server: the page, what to do there, and what to tick."""

    title: str
    steps: Sequence[str]
    needs: Sequence[Need]
    page: Page | None = None
    place: Place | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Making:
    """What a guide is for: the server's URL (normal form, or empty), what was chosen so far, the place named."""

    url: str
    chosen: Credentials
    place: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """One way to connect. `verify` asks the server about given credentials; raises ProviderError.

    Where there is `oauth`, what is given is a code, and `verify` gets the credentials it was exchanged for.
    `hint` is one line on when to choose it; `guide` says how to make what it asks for.
    """

    name: str
    display_name: str
    fields: Sequence[Field]
    verify: Callable[[Server, Credentials], Verified]
    hint: str
    oauth: OAuth | None = None
    guide: Callable[[Making], Guide] | None = None

    def public(self, credentials: Credentials) -> dict[str, Any]:
        """Return the credentials that may be shown: the fields declared public, where they were given."""
        shown = (field.name for field in self.fields if field.public)
        return {name: credentials[name] for name in shown if name in credentials}


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """Something that a connection can list, at `/{connectionId}/{name}`. `fetch` raises ProviderError."""

    name: str
    summary: str
    item: Mapping[str, str]
    fetch: Callable[[Server, str, Credentials], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class ClientVariables:
    """The environment variables of the OAuth client that the operator configures, and whose server it is for."""

    client_id: str
    client_secret: str
    url: str
    default_url: str


@dataclass(frozen=True, slots=True, eq=False)
class Provider:
    """One app: GitLab or GitHub.

    `icon` is our own drawing of it: SVG path data in a box of 20 by 20, filled with the colour of the text.
    `server_url` reads a server out of credentials and takes a default; `credentials_at` is its inverse. `options`
    maps what `/options` shows to the environment variable that holds it.
    """

    app: str
    display_name: str
    icon: str
    project_types: frozenset[str]
    methods: Mapping[str, Method]
    server_url: Callable[[Credentials, str], str]
    credentials_at: Callable[[str], Credentials]
    client_variables: ClientVariables
    listings: Sequence[Listing] = ()
    options: Mapping[str, str] = dataclass_field(default_factory=dict)

    @property
    def has_browser_method(self) -> bool:
        """Tell whether a person can connect by giving consent in a browser."""
        return any(method.oauth for method in self.methods.values())
