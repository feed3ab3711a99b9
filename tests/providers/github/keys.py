"""Keys of all kinds, made for these tests only."""

import base64
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key


@cache
def _made(bits: int) -> RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def made(bits: int = 2048) -> RSAPrivateKey:
    """Return the one key of this size."""
    return _made(bits)


def pem(form: PrivateFormat = PrivateFormat.TraditionalOpenSSL, bits: int = 2048) -> str:
    """Return the PEM as GitHub writes it, or in another form."""
    return made(bits).private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def body(text: str) -> str:
    """Return the base64 between the first and the last line of a PEM, in one line."""
    return "".join(text.splitlines()[1:-1])


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def number(text: str) -> int:
    """Return the private number of the key in a PEM, by which two keys are compared."""
    key = load_pem_private_key(text.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key.private_numbers().d
