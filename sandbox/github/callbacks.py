"""Which addresses GitHub sends people back to.

https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#redirect-urls
"""

import ipaddress
from collections.abc import Mapping
from urllib.parse import SplitResult, urlencode, urlsplit


def below(asked: str, registered: str) -> bool:
    """Whether `asked` is `registered` or an address below its path on the same host.

    The port of a loopback address does not matter (RFC 8252, section 7.3).
    """
    try:
        a, b = urlsplit(asked), urlsplit(registered)
        same_origin = (a.scheme, _host(a)) == (b.scheme, _host(b))
    except ValueError:
        return False
    inside = a.path == b.path or a.path.startswith(f"{b.path.rstrip('/')}/")
    return same_origin and inside and ".." not in a.path.split("/") and "@" not in a.netloc


def _host(uri: SplitResult) -> tuple[str, int | None]:
    host = uri.hostname or ""
    return host, None if _is_loopback(host) else uri.port


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def with_query(address: str, values: Mapping[str, str | None]) -> str:
    """`address` with those of `values` that are not None added to its query."""
    query = urlencode({name: value for name, value in values.items() if value is not None})
    return f"{address}{'&' if urlsplit(address).query else '?'}{query}"
