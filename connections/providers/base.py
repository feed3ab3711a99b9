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
class Server:
    """One GitLab or GitHub: its URL without a trailing slash, and the rule its calls obey."""

    url: str
    network: Network


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
    """Credentials as they are to be sealed, and what the server said of them."""

    credentials: Credentials = dataclass_field(repr=False)
    facts: Facts


class Kind(StrEnum):
    """How a credential field is read and entered."""

    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105  # a kind of field
    TEXT = "text"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Field:
    """One credential field, by its wire name. Only a `public` one ever leaves the server again."""

    name: str
    kind: Kind
    label: str
    refusal: str = ""
    required: bool = True
    public: bool = False
    choices: Sequence[str] = ()
    example: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """One way to connect. `verify` asks the server about given credentials; raises ProviderError."""

    name: str
    display_name: str
    fields: Sequence[Field]
    verify: Callable[[Server, Credentials], Verified]

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


@dataclass(frozen=True, slots=True, eq=False)
class Provider:
    """One app: GitLab or GitHub."""

    app: str
    display_name: str
    project_types: frozenset[str]
    methods: Mapping[str, Method]
    server_url: Callable[[Credentials], str]
    listings: Sequence[Listing] = ()
    options: Callable[[], Mapping[str, Any]] = dict
