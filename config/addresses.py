"""Rules for the addresses in settings."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LONGEST_ISSUER = 200  # what the links of single sign-on have room for
LOOPBACK = {"127.0.0.1", "localhost"}


def is_address(host: str) -> bool:
    """Tell whether a host is named by its IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def check_issuer(issuer: str, client_id: str, client_secret: str) -> None:
    """Stop the start with single sign-on that is half set up, or open to whoever listens on the way."""
    url = urlsplit(issuer)
    is_here = url.scheme == "http" and url.hostname in LOOPBACK
    if not is_here and (url.scheme != "https" or not url.hostname):
        raise ImproperlyConfigured(f"OIDC_ISSUER must be a URL like https://login.example.com, not {issuer}")
    if len(issuer) > LONGEST_ISSUER or url.query or url.fragment:
        raise ImproperlyConfigured("OIDC_ISSUER has no query, no fragment, and at most 200 characters.")
    if not client_id or not client_secret:
        raise ImproperlyConfigured("OIDC_ISSUER also needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.")
