"""Which IP addresses belong to the public internet, and which to somebody's inside.

The tables are written out, because `ipaddress.is_private` changed its mind within Python 3.11 and 3.12.
Source: the IANA special-purpose address registries (RFC 6890 and its updates).
"""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
AddressRange = IPv4Network | IPv6Network


def _ranges(*texts: str) -> tuple[AddressRange, ...]:
    return tuple(ip_network(text) for text in texts)


# What an organization numbers its own machines with.
INTERNAL = _ranges(
    "10.0.0.0/8",  # RFC 1918
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",  # loopback
    "100.64.0.0/10",  # carrier-grade NAT, RFC 6598; VPN meshes use it
    "::1/128",
    "fc00::/7",  # unique local, RFC 4193
)

# Where clouds answer their own machines with credentials. Most are link-local; these are not.
METADATA = _ranges(
    "100.100.100.200/32",  # Alibaba
    "168.63.129.16/32",  # Azure, a public number that never leaves the host
    "fd00:ec2::/32",  # Amazon
    "fd20:ce::/32",  # Google
)

NOT_PUBLIC_V4 = _ranges(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",  # link-local, RFC 3927
    "172.16.0.0/12",
    "192.0.0.0/24",  # protocol assignments, RFC 6890
    "192.0.2.0/24",  # documentation, RFC 5737
    "192.88.99.0/24",  # 6to4 relays, RFC 7526
    "192.168.0.0/16",
    "198.18.0.0/15",  # benchmarks, RFC 2544
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, and broadcast
)

PUBLIC_V6 = IPv6Network("2000::/3")  # all that IANA has given out so far
NOT_PUBLIC_V6 = _ranges(
    "2001::/23",  # protocol assignments; Teredo (RFC 4380) wraps an IPv4 address
    "2001:db8::/32",  # documentation, RFC 3849
    "2002::/16",  # 6to4 (RFC 3056) wraps an IPv4 address
    "3fff::/20",  # documentation, RFC 9637
)

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052


def within(address: Address, ranges: Iterable[AddressRange]) -> bool:
    return any(address in network for network in ranges)


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address that a connection to `address` really ends at, else `address` itself.

    Mapped addresses (RFC 4291, section 2.5.5.2) and NAT64 are in real use, so they are judged by what they carry.
    6to4, Teredo and IPv4-compatible addresses are not: they are simply not public.
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    address = unwrapped(address)
    if within(address, METADATA):
        return False
    if isinstance(address, IPv4Address):
        return not within(address, NOT_PUBLIC_V4)
    return address in PUBLIC_V6 and not within(address, NOT_PUBLIC_V6)


def is_internal(address: Address) -> bool:
    """Tell whether this is a private or loopback address, and no metadata service."""
    address = unwrapped(address)
    return within(address, INTERNAL) and not within(address, METADATA)


def literal(host: str) -> Address | None:
    """Return the address that `host` spells, or None for a name.

    The C library also reads 127.1, 0x7f.1, 0177.0.0.1 and 2130706433 as addresses (inet_aton), so we do.
    """
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None
