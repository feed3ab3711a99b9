"""What the pages of instances tell of our clients: of each kind whether there is one, whose it is, and details."""

from collections.abc import Sequence
from dataclasses import dataclass

from connections import configured, servers
from connections.models import Client, Instance
from connections.providers.base import Method, Provider
from connections.providers.clients import ClientKind
from connections.providers.journeys import Use

PAGE = "page"  # the detail that is no text but the address of the client's page at the server


@dataclass(frozen=True, slots=True)
class KindShown:
    """A kind of client at an instance: the instance's own, the operator's, or none."""

    kind: ClientKind
    client: Client | None
    has_shared_client: bool
    methods: Sequence[Method]

    @property
    def details(self) -> list[tuple[str, str]]:
        """What else may be told of the instance's own, each with its label."""
        told = self.client.details if self.client else {}
        return [(self.kind.labels.get(name, name), value) for name, value in told.items() if name != PAGE and value]

    @property
    def page(self) -> str:
        """The address of the instance's own client at the server; empty where it is not known."""
        return str(self.client.details.get(PAGE, "")) if self.client else ""

    @property
    def uses(self) -> list[Use]:
        """What people connect for by it, each with its scopes."""
        return [use for method in self.methods if method.oauth for use in method.oauth.uses]


@dataclass(frozen=True, slots=True)
class SharedShown:
    """A kind of client of the operator's, and whether it is configured."""

    kind: ClientKind
    is_set: bool


def kinds_at(provider: Provider, instance: Instance) -> list[KindShown]:
    """Return every kind of client that the provider knows, as it is at an instance."""
    return [
        KindShown(
            kind=kind,
            client=instance.client(kind.name),
            has_shared_client=servers.has_shared_client(provider, kind, instance),
            methods=[method for method in provider.methods.values() if provider.client_of(method) is kind],
        )
        for kind in provider.clients.values()
    ]


def own_at(provider: Provider, instance: Instance, kind: str) -> KindShown | None:
    """Return the kind of this name, if the instance has a client of its own of it."""
    return next((each for each in kinds_at(provider, instance) if each.kind.name == kind and each.client), None)


def shared_kinds(provider: Provider) -> dict[str, list[SharedShown]]:
    """Return the kinds of clients that the operator may configure, by the address that each is for."""
    found: dict[str, list[SharedShown]] = {}
    for kind in provider.clients.values():
        url = configured.url_of(provider, kind)
        found.setdefault(url, []).append(SharedShown(kind, configured.is_set(kind)))
    return found
