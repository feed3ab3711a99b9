"""What an instance may be registered with: an address that can be called, authorities that can be read."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from connections.configured import is_same
from connections.errors import InstanceRefused
from connections.models import Instance
from connections.providers.base import Provider
from connections.providers.errors import AddressRefused
from connections.providers.http import check_url, normal_url
from connections.servers import operator_network, server_of

LONGEST_URL = 255
LONGEST_CLIENT_ID = 255
LONGEST_SECRET = 1024
LONGEST_BUNDLE = 65_536
# RFC 6749, appendix A.1 and A.2: client ids and secrets are made of these.
VISIBLE_ASCII = r"^[\x20-\x7e]*\Z"
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
CERTIFICATE = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
DOTS = re.compile(r"/\.{1,2}(/|$)")


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that an instance is trusted by: whose it is, and until when."""

    subject: str
    expires_at: datetime


def address(url: str) -> str:
    """Return the URL in normal form; raises InstanceRefused."""
    try:
        normal = normal_url(url)
    except AddressRefused as error:
        raise InstanceRefused(_of_url(error)) from None
    if len(normal) > LONGEST_URL:
        raise InstanceRefused(f"instanceUrl: it is longer than {LONGEST_URL} characters.")
    if DOTS.search(urlsplit(normal).path):
        raise InstanceRefused("instanceUrl: its path must not hold . or .. as a step.")
    return normal


def require_open(provider: Provider, url: str, *, allow_private: bool) -> None:
    """Refuse an address, in normal form, that no call could be made to; raises InstanceRefused.

    `allow_private` is refused where the operator opens nothing: it would promise what will not be kept.
    """
    host = urlsplit(url).hostname or ""
    if allow_private and not operator_network().may_open(host):
        raise InstanceRefused(
            f"allowPrivate: the operator opens no private address to {host}. Have the operator add it to "
            "ALLOWED_INTERNAL_HOSTS, or leave allowPrivate out."
        )
    try:
        check_url(server_of(provider, Instance(url=url, allow_private=allow_private)).network, url)
    except AddressRefused as error:
        raise InstanceRefused(_of_url(error) if allow_private else _closed(url, error)) from None


def require_nameable(provider: Provider, url: str) -> None:
    """Refuse an address, in normal form, that no credentials could name; raises InstanceRefused."""
    named = provider.server_url(provider.credentials_at(url), provider.default_url)
    if not is_same(named, url):
        raise InstanceRefused(f"instanceUrl: a {provider.display_name} is named by its host alone: use {named}.")


def _closed(url: str, error: AddressRefused) -> str:
    """Say why an address is refused without `allow_private`, and whether that is all that it lacks."""
    try:
        check_url(operator_network(), url)
    except AddressRefused as refused_anyway:
        return _of_url(refused_anyway)
    return f"{_of_url(error)} The operator allows this address: register it with allowPrivate."


def _of_url(error: AddressRefused) -> str:
    return f"instanceUrl: {error.message.removesuffix('.')}."


def authorities(pem: str) -> str:
    """Return the certificates of a PEM bundle and nothing else of it; raises InstanceRefused."""
    if "PRIVATE KEY" in pem:
        raise InstanceRefused("caCertificates: it holds a private key. Send certificates only, and renew that key.")
    if pem.count(BEGIN) != pem.count(END):
        raise InstanceRefused(
            f"caCertificates: a certificate is cut off: each begins with {BEGIN} and ends with {END}."
        )
    blocks = CERTIFICATE.findall(pem)
    if pem.strip() and not blocks:
        raise InstanceRefused(f"caCertificates: it holds no PEM certificate ({BEGIN}).")
    bundle = "".join(_certificate(number, block) for number, block in enumerate(blocks, 1))
    try:
        replace(operator_network(), ca_pem=bundle or None)
    except ValueError as error:
        raise InstanceRefused(f"caCertificates: {error}") from None
    return bundle


def _certificate(number: int, block: str) -> str:
    try:
        return x509.load_pem_x509_certificate(block.encode()).public_bytes(Encoding.PEM).decode()
    except ValueError:
        raise InstanceRefused(f"caCertificates: certificate {number} cannot be read.") from None


def trusted(instance: Instance) -> list[Authority]:
    """Return the certificates that an instance brings along, as people name them."""
    found = x509.load_pem_x509_certificates(instance.ca_pem.encode()) if instance.ca_pem else []
    return [Authority(_subject(each), each.not_valid_after_utc) for each in found]


def _subject(certificate: x509.Certificate) -> str:
    """Return whose a certificate is. Names of old authorities may be in an encoding that nobody can tell."""
    try:
        return certificate.subject.rfc4514_string()
    except ValueError:
        return f"Serial number {certificate.serial_number:x}"
