"""What the tests of the pages of instances share: where they are, how their forms are sent, what is said."""

import re
from datetime import UTC, datetime, timedelta
from ssl import DER_cert_to_PEM_cert
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.test import Client

from tests.oauth.people import text

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


PAGE = "/organization/instances"
NEW = f"{PAGE}/gitlab/new"
URL = "https://gitlab.example.com"
SECRET = "gloas-of-nobody-else"


def page_of(instance: Any) -> str:
    return f"{PAGE}/gitlab/{instance['id'] if isinstance(instance, dict) else instance.id}"


def error_at(response: "Response", field: str) -> str:
    """Return what is said at a field of a form that was refused."""
    assert response.status_code == 422
    page = response.content.decode()
    assert "<title>Error: " in page
    found = re.search(rf'<ul class="errorlist" id="id_{field}_error"[^>]*>(.*?)</ul>', page, re.DOTALL)
    assert found, text(response)
    return re.sub(r"<[^>]+>", "", found[1]).strip().replace("&#x27;", "'").replace("&quot;", '"')


def no_secret_in(response: "Response") -> None:
    assert SECRET not in response.content.decode()
    assert SECRET not in str(response.headers)


def change(somebody: Client, instance: Any, part: str, **fields: Any) -> "Response":
    """Send one of the forms of an instance's page."""
    somebody.get(page_of(instance))
    token = somebody.cookies["csrftoken"].value
    return somebody.post(f"{page_of(instance)}/{part}", {"csrfmiddlewaretoken": token, **fields})


def authority(name: str, *, days: int) -> str:
    """Return the certificate of an authority that ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    end = datetime.now(UTC) + timedelta(days=days)
    unsigned = x509.CertificateBuilder(
        issuer_name=subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=end - timedelta(days=30),
        not_valid_after=end,
    )
    return unsigned.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


def authority_with_an_unreadable_name() -> str:
    """Return the certificate of an authority from the days of T61String (ASN.1), in which an é is one byte."""
    named = x509.load_pem_x509_certificate(authority("Soci@t@", days=30).encode()).public_bytes(Encoding.DER)
    unreadable = named.replace(b"\x0c\x07Soci@t@", b"\x14\x07Soci\xe9t\xe9")
    assert unreadable != named
    return DER_cert_to_PEM_cert(unreadable)
