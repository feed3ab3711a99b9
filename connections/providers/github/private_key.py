"""A GitHub App's private key, as people paste it: into an environment variable, or into a form.

On its way there a PEM (RFC 7468) loses its line breaks, has them written out as \\n, is put into quotes or into
base64, or is left without its first and last line. All of that is undone where only one key can be meant.
"""

import base64
import re
from contextlib import suppress
from typing import cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
)
from cryptography.x509 import load_der_x509_certificate

LONGEST = 32 * 1024  # characters
# bytes of DER: 4096 bits, twice GitHub's. While one is proved nothing else runs: of 8192 bits, for seconds.
LARGEST = 2560
SHORTEST = 2048  # bits: RFC 7518, section 3.3
DASHES = "-----"
BEGIN = re.compile(r"-----\s*BEGIN[A-Z0-9\s]*-----")
END = re.compile(r"-----\s*END[A-Z0-9\s]*-----")
# Neither PEM nor base64 holds a backslash: before an r or n it is a line break, however often it was escaped.
WRITTEN_OUT = re.compile(r"\\+[rn]")
AROUND = " \t\r\n\f\v\ufeff\"'`\\"
URL_SAFE = str.maketrans("-_", "+/")
OPENSSH = b"openssh-key-v1"
SEQUENCE = b"\x30\x82"  # of DER, with a length in the two bytes that follow (X.690, section 8.1.3)

WHOLE = "the whole .pem file that GitHub made for the App, from its BEGIN line to its END line"
NOT_A_KEY = f"This is no private key, or a damaged one: paste {WHOLE}."
TOO_LONG = f"This is longer than any private key of a GitHub App: paste {WHOLE}, and nothing else."
CUT_OFF = f"The private key is cut off: paste {WHOLE}."
PUBLIC = f"This is a public key, and the App signs with its private key: paste {WHOLE}."
CERTIFICATE = f"This is a certificate, and the App signs with its private key: paste {WHOLE}."
ENCRYPTED = f"The private key is encrypted with a passphrase, which is not supported: paste {WHOLE}."
NOT_RSA = f"This private key is not an RSA key as GitHub makes them: paste {WHOLE}."
TOO_SHORT = f"This RSA key has less than {SHORTEST} bits, and GitHub's have that many at least: paste {WHOLE}."


def read(text: str) -> str:
    """Return the RSA private key in `text` as a PEM (PKCS#1, as GitHub writes it).

    Raises ValueError: one sentence that says what is wrong and what to do, and repeats nothing of the text.
    """
    if len(text) > LONGEST:
        raise ValueError(TOO_LONG)
    key = _loaded(_der(_bare(text)))
    if key.key_size < SHORTEST:
        raise ValueError(TOO_SHORT)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


def loaded(pem: str) -> RSAPrivateKey:
    """Return the key in what `read` returned. It has been proved there, and is not again: that takes a while."""
    key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    return cast("RSAPrivateKey", key)


def _bare(text: str) -> str:
    """Return the text with real line breaks and without what was put around it."""
    return WRITTEN_OUT.sub("\n", text).strip(AROUND)


def _der(text: str) -> bytes:
    """Return the DER in a PEM, in the base64 of a PEM, or in base64 alone; anything may come out of the last."""
    if DASHES not in text:
        decoded = _decoded(text)
        if DASHES.encode() not in decoded:
            return decoded
        text = _bare(decoded.decode("ascii", errors="replace"))
    begin, end = BEGIN.search(text), END.search(text)
    if begin is None and end is None:
        raise ValueError(NOT_A_KEY)
    if begin is None or end is None or end.start() < begin.end():
        raise ValueError(CUT_OFF)
    body = text[begin.end() : end.start()]
    if "Proc-Type:" in body:  # RFC 1421, section 4.6.1.1
        raise ValueError(ENCRYPTED)
    return _decoded(body)


def _decoded(text: str) -> bytes:
    """Return what stands in base64 of either alphabet, padded or not; nothing where it is no base64."""
    letters = "".join(text.split()).rstrip("=").translate(URL_SAFE)
    if len(letters) % 4 == 1:  # half of a byte, where the text was cut off
        letters = letters[:-1]
    with suppress(ValueError):
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    return b""


def _loaded(der: bytes) -> RSAPrivateKey:
    """Return the private key. The exceptions of the library must not become the context of ours."""
    if len(der) > LARGEST:
        raise ValueError(TOO_LONG)
    wrong = NOT_RSA
    try:
        key = load_der_private_key(der, password=None)
        if isinstance(key, RSAPrivateKey):
            return key
    except TypeError:
        wrong = ENCRYPTED
    except (ValueError, UnsupportedAlgorithm):
        wrong = _what_else(der)
    raise ValueError(wrong)


def _what_else(der: bytes) -> str:
    """Return what is wrong with something that does not load as a private key."""
    if der.startswith(OPENSSH):
        return NOT_RSA
    if der.startswith(SEQUENCE) and len(SEQUENCE) + 2 + int.from_bytes(der[2:4]) > len(der):
        return CUT_OFF
    with suppress(ValueError, UnsupportedAlgorithm):
        load_der_public_key(der)
        return PUBLIC
    with suppress(ValueError, UnsupportedAlgorithm):
        load_der_x509_certificate(der)
        return CERTIFICATE
    return NOT_A_KEY
