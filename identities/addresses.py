"""Trusted IPs: the addresses and networks that an identity may log in from, or use its tokens from.

They are kept and answered as they were written (host bits, spelling of IPv6, no added prefix): Terraform
compares what it sent with what comes back.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from wire.errors import BadRequest, Forbidden

Network = IPv4Network | IPv6Network
NOT_AN_IP = "The IP is not a valid IPv4, IPv6, or CIDR block"
REFUSED = "You are not allowed to access this resource from the current IP address"


def described(text: str) -> dict[str, str | int]:
    """Return a trusted IP in the contract's shape: `type`, `ipAddress` and, if given, `prefix`."""
    address, slash, prefix = text.partition("/")
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise BadRequest(NOT_AN_IP) from None
    if "%" in text or (slash and prefix != str(network.prefixlen)):
        raise BadRequest(NOT_AN_IP)
    trusted: dict[str, str | int] = {"type": f"ipv{network.version}", "ipAddress": address}
    return trusted | {"prefix": network.prefixlen} if slash else trusted


def written(trusted: Mapping[str, Any]) -> str:
    """Return a trusted IP as it was written."""
    return f"{trusted['ipAddress']}/{trusted['prefix']}" if "prefix" in trusted else str(trusted["ipAddress"])


def require_trusted(address: str, trusted_ips: str | Sequence[dict[str, Any]]) -> None:
    """Let a client at `address` pass, or raise Forbidden. `trusted_ips` may be the JSON text of the column."""
    text = trusted_ips if isinstance(trusted_ips, str) else json.dumps(trusted_ips)
    networks = _networks(text)
    if networks is not None and not _is_inside(address, networks):
        raise Forbidden(REFUSED)


def _is_inside(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        client = ip_address(address)
    except ValueError:
        return False
    return any(client in network for network in networks)


@lru_cache(maxsize=256)
def _networks(text: str) -> tuple[Network, ...] | None:
    """Return the networks of a column's JSON text; None when together they hold every address."""
    networks = tuple(ip_network(written(trusted), strict=False) for trusted in json.loads(text))
    every = {network.version for network in networks if network.prefixlen == 0}
    return None if every == {4, 6} else networks
