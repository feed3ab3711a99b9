"""The operator's rule for outbound calls: which inner hosts may be called, whom to trust, how long to wait."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_network

from connections.providers import addresses, tls
from connections.providers.addresses import Address, AddressRange

MIB = 1024 * 1024
HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.IGNORECASE)
NUMERIC_LABEL = re.compile(r"(\d+|0x[0-9a-f]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Network:
    """Timeouts are in seconds, `max_body` in bytes.

    For one instance with its own authority or a private address, use `dataclasses.replace`:
    `replace(network, ca_pem=..., allowed_hosts=(*network.allowed_hosts, "gitlab.corp"))`.

    Raises ValueError, naming the setting, for a rule that cannot be kept.
    """

    allow_internal: bool = False  # ALLOW_INTERNAL_IP_CONNECTIONS
    allowed_hosts: tuple[str, ...] = ()  # ALLOWED_INTERNAL_HOSTS: names, addresses, CIDR ranges
    ca_file: str | None = None  # EXTRA_CA_CERTS: a PEM bundle, added to the usual roots
    ca_pem: str | None = None  # the same as text, for one instance
    connect_timeout: float = 5.0  # name lookup, TCP and TLS handshake together
    read_timeout: float = 15.0  # one whole call, from lookup to the last byte
    max_body: int = 5 * MIB  # after decompression
    calls_per_host: int = 12  # at once, in this process
    calls_in_total: int = 16

    def __post_init__(self) -> None:
        _ = self._names, self._ranges
        tls.context(self.ca_file, self.ca_pem)

    def names(self, host: str) -> bool:
        """Tell whether the operator opened `host` (lower case, no trailing dot) by its name."""
        return host in self._names

    def opens(self, host: str, address: Address) -> bool:
        """Tell whether the operator opened this host or this address, so that it may be private and speak http."""
        if self.names(host) or (self.allow_internal and addresses.is_internal(address)):
            return True
        return addresses.within(addresses.unwrapped(address), self._ranges)

    def may_open(self, host: str) -> bool:
        """Tell whether `opens` could be true for some address of `host`: its addresses are not known yet."""
        return self.names(host) or self.allow_internal or bool(self._ranges)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(_host_name(entry) for entry in self._entries if _range(entry) is None)

    @cached_property
    def _ranges(self) -> tuple[AddressRange, ...]:
        return tuple(found for entry in self._entries if (found := _range(entry)) is not None)

    @property
    def _entries(self) -> Iterable[str]:
        return (entry.strip() for entry in self.allowed_hosts)


def _range(entry: str) -> AddressRange | None:
    """Read a CIDR range or an address, bare or in brackets; None for anything else."""
    try:
        return ip_network(entry) if "/" in entry else ip_network(ip_address(entry.strip("[]")))
    except ValueError as error:
        if "/" in entry:
            raise ValueError(f"ALLOWED_INTERNAL_HOSTS: {error}. Write a range like 10.0.0.0/8.") from None
        return None


def _host_name(entry: str) -> str:
    name = entry.rstrip(".").lower()
    if not HOST_NAME.fullmatch(name) or NUMERIC_LABEL.fullmatch(name.rpartition(".")[2]):
        raise ValueError(
            f"ALLOWED_INTERNAL_HOSTS: {entry!r} is no host name, address or CIDR range. "
            "Write gitlab.corp, 10.1.2.3 or 10.0.0.0/8, without scheme and port."
        )
    return name
