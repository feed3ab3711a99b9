"""Where a request comes from: the client's address, its user agent, and the id we gave the request."""

import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

MOST_HOPS = 16
Network = IPv4Network | IPv6Network
ALPHABET = (string.ascii_letters + string.digits).encode()
LETTERS = bytes(ALPHABET[byte % len(ALPHABET)] for byte in range(256))


@dataclass(frozen=True, slots=True)
class Origin:
    ip: str
    user_agent: str
    request_id: str


def new_request_id() -> str:
    """Return `req-` and 14 letters or digits. Unique rather than secret: the letters need not be equally likely."""
    return "req-" + secrets.token_bytes(14).translate(LETTERS).decode()


def origin_of(request: HttpRequest) -> Origin:
    """Return the origin that the middleware noted on the request."""
    origin: Origin = request.origin  # type: ignore[attr-defined]  # set by RequestMiddleware
    return origin


def read_origin(request: HttpRequest) -> Origin:
    """Work out the origin of a new request."""
    return Origin(
        ip=client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            settings.TRUSTED_PROXIES,
        ),
        user_agent=printable(request.META.get("HTTP_USER_AGENT", "")[:512]),
        request_id=new_request_id(),
    )


def neighbourhood(ip: str) -> str:
    """Return what one client can choose its address from: itself for IPv4, the /64 for IPv6 (RFC 6177)."""
    address = _address(ip)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return ip


def printable(text: str) -> str:
    """Return the text without control characters; PostgreSQL stores no NUL."""
    return "".join(character for character in text if character.isprintable())


def client_address(peer: str, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """Return the address of the client behind the trusted proxies.

    Every proxy appends the address it saw, so the list is read from its right end, and only as long as the
    one who appended is trusted: what stands left of that is the client's own invention.
    """
    address = _address(peer)
    for part in reversed(forwarded_for.rsplit(",", MOST_HOPS)[-MOST_HOPS:]):
        if address is None or not any(address in network for network in proxies):
            break
        hop = _address(part.strip())
        if hop is None:
            break
        address = hop
    return str(address) if address else peer


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in its one spelling: a socket for both families reports IPv4 as `::ffff:192.0.2.1`."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
