"""Where a GitHub is: its host among credentials, its web address, and the address of its API."""

import re
from urllib.parse import urlsplit

from connections.providers.base import Credentials
from connections.providers.urls import normal_url

DEFAULT_URL = "https://github.com"
DEFAULT_API = "https://api.github.com"
# https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
TENANT = re.compile(r"https://(?P<host>[a-z0-9-]+\.ghe\.com)")
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?P<name>{LABEL}(\.{LABEL})*\.?)(:(?P<port>[1-9][0-9]{{0,4}}))?", re.ASCII | re.IGNORECASE)
LONGEST_NAME = 253  # RFC 1035, section 2.3.4, less the bytes of the wire
LARGEST_PORT = 65_535


def web_url(host: str) -> str:
    """Return the web address of the server at a bare host name."""
    return f"https://{host}"


def url_of_setting(host: str) -> str:
    """Return the same for the host that the operator names. Raises ValueError for what is no bare name."""
    if not is_host(host):
        raise ValueError("Give the bare name of the host, such as github.example.com, without a scheme or a path.")
    return web_url(host)


def server_url(credentials: Credentials, default: str = DEFAULT_URL) -> str:
    """Return the web address of the host that is named, or else the default; without a slash at the end.

    The cloud without a host is github.com, wherever the default is.
    """
    if host := str(credentials.get("host") or "").strip():
        return web_url(host).rstrip("/")
    return DEFAULT_URL if credentials.get("instanceType") == "cloud" else default.rstrip("/")


def credentials_at(url: str) -> Credentials:
    """Return the public part of credentials for the server at `url`. Raises AddressRefused for no web address."""
    normal = normal_url(url)
    if normal == DEFAULT_URL:
        return {}
    kind = "cloud" if TENANT.fullmatch(normal) else "server"
    return {"instanceType": kind, "host": urlsplit(normal).netloc}


def is_host(text: str) -> bool:
    """Tell whether this is a bare host name, with or without a port (RFC 1123, section 2.1)."""
    found = HOST.fullmatch(text[: LONGEST_NAME + len(":65535.") + 1])
    if found is None or len(found["name"].removesuffix(".")) > LONGEST_NAME:
        return False
    return int(found["port"] or 1) <= LARGEST_PORT


def is_hosted(url: str) -> bool:
    """Tell whether GitHub runs the server itself: github.com, or a tenant of ghe.com."""
    normal = normal_url(url)
    return normal == DEFAULT_URL or TENANT.fullmatch(normal) is not None


def api_url(url: str) -> str:
    """Return the address of the API of the server at the web address `url`. Raises AddressRefused for no such.

    https://docs.github.com/en/enterprise-server@latest/rest/enterprise-admin#endpoint-urls. It is sent what proves
    that we are a GitHub App, so it follows from the server's address alone, and never from what a request says.
    """
    normal = normal_url(url)
    if normal == DEFAULT_URL:
        return DEFAULT_API
    tenant = TENANT.fullmatch(normal)
    return f"https://api.{tenant['host']}" if tenant else f"{normal}/api/v3"
