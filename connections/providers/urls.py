"""What a URL must look like before anything is sent, and how it is shown to people."""

import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import idna

from connections.providers.addresses import Address, is_public, literal
from connections.providers.errors import AddressRefused
from connections.providers.network import Network

PORTS = {"https": 443, "http": 80}
# Parsers disagree about what follows these, and they could forge lines of a log.
AMBIGUOUS = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f]")
HOST_NAME = re.compile(r"[a-z0-9._-]+")
LOCALHOST = re.compile(r"(.+\.)?localhost")  # RFC 6761, section 6.3
DOCKER_HOST = "host.docker.internal"
SHOWN = 200  # characters


@dataclass(frozen=True)
class Target:
    """Where a URL leads. `host` is in lower case and ASCII, without a trailing dot; `shown` is safe to print."""

    scheme: str
    host: str
    port: int
    shown: str

    @property
    def origin(self) -> str:
        return origin(self.scheme, self.host, self.port)


def origin(scheme: str, host: str, port: int) -> str:
    """Write an origin as people do: without the scheme's own port."""
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}" if port == PORTS[scheme] else f"{scheme}://{host}:{port}"


def check_url(network: Network, url: str) -> Target:
    """Refuse what can be refused without looking the name up. Raises AddressRefused."""
    target = _target(url)
    address = literal(target.host)
    if address is not None:
        judge(network, target.scheme, target.host, address)
    elif _is_this_machine(network, target.host):
        raise AddressRefused(AddressRefused.LOCAL)
    elif target.scheme == "http" and not network.may_open(target.host):
        raise plain_http(target.host)
    return target


def normal_url(url: str) -> str:
    """Return the form in which addresses of instances are compared: origin and path, no slash at the end.

    Raises AddressRefused for what is no such address.
    """
    target = _target(url)
    parts = urlsplit(url)
    if parts.query or "?" in url:
        raise AddressRefused("The URL must not have a query (?).")
    return target.origin + parts.path.rstrip("/")


def judge(network: Network, scheme: str, host: str, address: Address) -> None:
    """Refuse an address that `host` resolved to, unless it is public or opened by the operator."""
    if network.opens(host, address):
        return
    if not is_public(address):
        raise AddressRefused(AddressRefused.LOCAL)
    if scheme == "http":
        raise plain_http(host)


def plain_http(host: str) -> AddressRefused:
    return AddressRefused(
        f"http would send credentials to {host} in clear text. Use https, or have the operator add the host to "
        "ALLOWED_INTERNAL_HOSTS."
    )


def canonical_host(host: str) -> str:
    """Return `host` as it is compared: ASCII (IDNA 2008 after UTS 46), lower case, no trailing dot."""
    if not host.isascii():
        with suppress(idna.IDNAError):
            return canonical_host(idna.encode(host, uts46=True).decode())
        raise AddressRefused("The host name of the URL is not valid.")
    return host.rstrip(".").lower()


def _target(url: str) -> Target:
    if AMBIGUOUS.search(url):
        raise AddressRefused("The URL holds blanks, control characters or backslashes.")
    parts, port = _split(url)
    if parts.scheme not in PORTS:
        raise AddressRefused("The URL must start with https://.")
    if "@" in parts.netloc:
        raise AddressRefused(AddressRefused.CREDENTIALS)
    if "#" in url:
        raise AddressRefused("The URL must not have a fragment (#).")
    host = _host(parts)
    port = PORTS[parts.scheme] if port is None else port
    shown = origin(parts.scheme, host, port) + parts.path
    return Target(parts.scheme, host, port, shown if len(shown) <= SHOWN else shown[:SHOWN] + "...")


def _host(parts: SplitResult) -> str:
    host = canonical_host(parts.hostname or "")
    if not host:
        raise AddressRefused("The URL names no host.")
    if literal(host) is None and ("[" in parts.netloc or not HOST_NAME.fullmatch(host)):
        raise AddressRefused("The host name of the URL is not valid.")
    return host


def _split(url: str) -> tuple[SplitResult, int | None]:
    # The ValueError for a wrong port or wrong brackets repeats them, so it must not become the context of ours.
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.port == 0:
            raise AddressRefused("The URL has port 0, which cannot be called.")
        return parts, parts.port
    raise AddressRefused("The URL is not valid. It must read like https://gitlab.example.com.")


def _is_this_machine(network: Network, host: str) -> bool:
    """Tell whether the name means the machine we run on, and the operator did not open it."""
    if network.names(host):
        return False
    return host == DOCKER_HOST or (LOCALHOST.fullmatch(host) is not None and not network.allow_internal)
