"""Whom we trust, and what we say when a certificate does not hold."""

import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from connections.providers.deadline import current
from connections.providers.errors import CertificateRejected

# OpenSSL's X509_V_ERR_* numbers, from x509_vfy.h.
NOT_YET_VALID = 9
EXPIRED = 10
SELF_SIGNED = 18
UNKNOWN_AUTHORITY = {2, 19, 20, 21}
ADD_IT = (
    "Add that CA certificate to the bundle that EXTRA_CA_CERTS names, or register the instance with it as "
    "caCertificates."
)
WRONG_HOST = {62, 64}


class UntrustedCertificate(ssl.SSLCertVerificationError):
    """`issuer` is the name of the authority that the server's chain ends with, as far as it can be read."""

    def __init__(self, error: ssl.SSLCertVerificationError, issuer: str) -> None:
        super().__init__(*error.args)
        self.verify_code = error.verify_code
        self.verify_message = error.verify_message
        self.issuer = issuer


class TimedTLSSocket(ssl.SSLSocket):
    """Obeys the current deadline, like `TimedSocket`.

    CPython keeps the timeout of one TLS operation over all the reads that it takes, those of a handshake too.
    """

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(current().left())
        try:
            super().do_handshake(block)
        except ssl.SSLCertVerificationError as error:
            raise UntrustedCertificate(error, self._issuer()) from None

    def recv_into(self, *args: Any) -> int:
        self.settimeout(current().left())
        size = super().recv_into(*args)
        current().received += size
        return size

    def send(self, *args: Any) -> int:
        self.settimeout(current().left())
        return super().send(*args)

    def _issuer(self) -> str:
        # Public from Python 3.13 on, but only after a handshake that succeeded.
        chain = self._sslobj.get_unverified_chain() or []  # type: ignore[attr-defined]
        names = [value for part in chain[-1].get_info().get("issuer", ()) for _, value in part] if chain else []
        return "".join(char for char in ", ".join(names) if char.isprintable())[:120]


@lru_cache(maxsize=64)
def context(ca_file: str | None, ca_pem: str | None) -> ssl.SSLContext:
    """Return a context that trusts the system's roots, certifi's, and those given.

    Kept, because reading the roots takes a fifth of a second. Raises ValueError for a bundle without certificates.
    """
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    # The operator may name an intermediate authority, or the one server's own certificate.
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    made.sslsocket_class = TimedTLSSocket
    made.load_verify_locations(certifi.where())
    if ca_file:
        _trust(made, _read(ca_file), f"EXTRA_CA_CERTS: {ca_file}")
    if ca_pem:
        _trust(made, ca_pem, "The CA certificate")
    return made


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ValueError(f"EXTRA_CA_CERTS: {path} cannot be read: {error.strerror}.") from None


def _trust(made: ssl.SSLContext, pem: str, what: str) -> None:
    try:
        for certificate in x509.load_pem_x509_certificates(pem.encode()):
            made.load_verify_locations(cadata=certificate.public_bytes(Encoding.DER))
    except (ValueError, ssl.SSLError):
        raise ValueError(f"{what} holds no readable PEM certificate.") from None


def rejection(origin: str, error: UntrustedCertificate) -> CertificateRejected:
    """Say why the certificate of `origin` was not accepted, and what would help."""
    code = error.verify_code
    if code == EXPIRED:
        reason = "has expired. Renew it on the server."
    elif code == NOT_YET_VALID:
        reason = "is not valid yet. Check the clocks of both machines."
    elif code in WRONG_HOST:
        reason = "is for another host name. Use a name that the certificate was issued for."
    elif code == SELF_SIGNED:
        reason = f"is self-signed. {ADD_IT.replace('that CA certificate', 'it')}"
    elif code in UNKNOWN_AUTHORITY:
        by = f"{error.issuer}, which is not trusted here" if error.issuer else "an unknown authority"
        reason = f"was issued by {by}. {ADD_IT}"
    else:
        reason = f"was rejected: {error.verify_message}. If your own authority issued it: {ADD_IT}"
    return CertificateRejected(f"The certificate of {origin} {reason}")
