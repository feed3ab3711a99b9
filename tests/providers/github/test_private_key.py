"""A private key is read as people paste it; what is none is refused in a sentence that repeats nothing of it."""

import base64
import re
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.providers.github import private_key
from tests.providers.github import keys

PKCS1, PKCS8, OPENSSH = PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8, PrivateFormat.OpenSSH
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "app")])


def folded(text: str, width: int = 76) -> str:
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


PASTED: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "without the last line break": str.strip,
    "with line breaks of Windows": lambda pem: pem.replace("\n", "\r\n"),
    "line breaks written out": lambda pem: pem.replace("\n", r"\n"),
    "line breaks of Windows written out": lambda pem: pem.replace("\n", r"\r\n"),
    "line breaks escaped twice": lambda pem: pem.replace("\n", r"\\n"),
    "line breaks written out and real": lambda pem: pem.replace("\n", "\\n\n"),
    "without line breaks": lambda pem: pem.replace("\n", ""),
    "blanks for line breaks": lambda pem: pem.replace("\n", " "),
    "without any blank": lambda pem: "".join(pem.split()),
    "indented": lambda pem: pem.replace("\n", "\n      "),
    "in quotes": lambda pem: f'"{pem}"',
    "in single quotes and blanks": lambda pem: f"  '{pem}'\n",
    "in escaped quotes": lambda pem: '\\"' + pem.replace("\n", r"\\n") + '\\"',
    "with a byte order mark": lambda pem: f"\ufeff{pem}",
    "with attributes in front": lambda pem: f"Bag Attributes\n    friendlyName: app\n{pem}",
    "with its variable": lambda pem: f"PRIVATE_KEY={pem}",
    "base64": keys.base64_of,
    "base64 in lines": lambda pem: folded(keys.base64_of(pem)),
    "base64 in lines written out": lambda pem: folded(keys.base64_of(pem)).replace("\n", r"\n"),
    "base64 without padding": lambda pem: keys.base64_of(pem + " ").rstrip("="),
    "base64 in quotes": lambda pem: f'"{keys.base64_of(pem)}"',
    "base64 for URLs": lambda pem: base64.urlsafe_b64encode(pem.encode()).decode(),
    "base64 of line breaks written out": lambda pem: keys.base64_of(pem.replace("\n", r"\n")),
    "base64 of quotes": lambda pem: keys.base64_of(f'"{pem}"'),
    "the body alone": keys.body,
    "the body alone in lines": lambda pem: folded(keys.body(pem), 64),
    "the body alone, for URLs": lambda pem: keys.body(pem).replace("+", "-").replace("/", "_"),
}


@pytest.mark.parametrize("form", [PKCS1, PKCS8], ids=["PKCS1", "PKCS8"])
@pytest.mark.parametrize("pasted", PASTED)
def test_a_key_is_read_as_it_was_pasted(pasted: str, form: PrivateFormat) -> None:
    read = private_key.read(PASTED[pasted](keys.pem(form)))
    assert read == keys.pem()
    assert keys.number(read) == keys.made().private_numbers().d


def test_a_longer_key_is_read_too() -> None:
    assert private_key.read(keys.pem(PKCS8, 4096)) == keys.pem(PKCS1, 4096)


def written(key: PrivateKeyTypes, form: PrivateFormat = PKCS8, password: bytes = b"") -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, form, encryption).decode()


def public(form: PublicFormat) -> str:
    return keys.made().public_key().public_bytes(Encoding.PEM, form).decode()


def certificate() -> str:
    today = datetime.now(UTC)
    builder = x509.CertificateBuilder(NAME, NAME, keys.made().public_key(), 1, today, today + timedelta(days=1))
    return builder.sign(keys.made(), SHA256()).public_bytes(Encoding.PEM).decode()


def damaged() -> str:
    pem = keys.pem()
    middle = len(pem) // 2
    return pem[:middle] + "".join(reversed(pem[middle : middle + 40])) + pem[middle + 40 :]


REFUSED: dict[str, tuple[Callable[[], str], str]] = {
    "nothing": (str, private_key.NOT_A_KEY),
    "quotes": (lambda: '""', private_key.NOT_A_KEY),
    "a sentence": (lambda: "the key of the App is in the vault", private_key.NOT_A_KEY),
    "dashes": (lambda: "----- the key -----", private_key.NOT_A_KEY),
    "a path": (lambda: "/etc/app.private-key.pem", private_key.NOT_A_KEY),
    "a client secret": (lambda: "8f742231b91eee05cf9d3b1b0c2c8a4d1e2f3a4b", private_key.NOT_A_KEY),
    "a fingerprint": (lambda: "SHA256:d5SIxHD6Dh4B6UvJ3pXl0ckw8f3r5X1h0cAq0pZ5bQk=", private_key.NOT_A_KEY),
    "zeros": (lambda: "\0" * 100, private_key.NOT_A_KEY),
    "an empty PEM": (
        lambda: "-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----",
        private_key.NOT_A_KEY,
    ),
    "a damaged key": (damaged, private_key.NOT_A_KEY),
    "a key with stars": (lambda: keys.pem().replace("A", "*"), private_key.NOT_A_KEY),
    "a request for a certificate": (
        lambda: (
            x509.CertificateSigningRequestBuilder(NAME)
            .sign(keys.made(), SHA256())
            .public_bytes(Encoding.PEM)
            .decode()
        ),
        private_key.NOT_A_KEY,
    ),
    "a public key": (lambda: public(PublicFormat.SubjectPublicKeyInfo), private_key.PUBLIC),
    "a public key of PKCS1": (lambda: public(PublicFormat.PKCS1), private_key.PUBLIC),
    "the base64 of a public key": (
        lambda: keys.base64_of(public(PublicFormat.SubjectPublicKeyInfo)),
        private_key.PUBLIC,
    ),
    "a certificate": (certificate, private_key.CERTIFICATE),
    "an encrypted key": (lambda: written(keys.made(), PKCS8, b"passphrase"), private_key.ENCRYPTED),
    "an encrypted key of PKCS1": (lambda: written(keys.made(), PKCS1, b"passphrase"), private_key.ENCRYPTED),
    "a key on an elliptic curve": (lambda: written(ec.generate_private_key(ec.SECP256R1())), private_key.NOT_RSA),
    "the same in its own form": (
        lambda: written(ec.generate_private_key(ec.SECP256R1()), PKCS1),
        private_key.NOT_RSA,
    ),
    "an Ed25519 key": (lambda: written(ed25519.Ed25519PrivateKey.generate()), private_key.NOT_RSA),
    "a DSA key": (lambda: written(dsa.generate_private_key(2048)), private_key.NOT_RSA),
    "a key of OpenSSH": (lambda: written(keys.made(), OPENSSH), private_key.NOT_RSA),
    "a short key": (lambda: keys.pem(bits=1024), private_key.TOO_SHORT),
    "half a key": (lambda: keys.pem()[: len(keys.pem()) // 2], private_key.CUT_OFF),
    "a key without its last line": (lambda: keys.pem().partition("-----END")[0], private_key.CUT_OFF),
    "a key without its first line": (lambda: keys.pem().partition("KEY-----\n")[2], private_key.CUT_OFF),
    "a key whose end comes first": (
        lambda: "".join(reversed(keys.pem().splitlines(keepends=True))),
        private_key.CUT_OFF,
    ),
    "a key without its second half": (lambda: keys.pem()[:800] + keys.pem()[-32:], private_key.CUT_OFF),
    "half of the base64": (lambda: keys.base64_of(keys.pem())[:1001], private_key.CUT_OFF),
    "half of the body": (lambda: keys.body(keys.pem())[:801], private_key.CUT_OFF),
    "more than any key": (lambda: keys.pem() + "A" * 32_768, private_key.TOO_LONG),
    "a body as large as that of 5120 bits": (lambda: "A" * 3_900, private_key.TOO_LONG),
    "a body larger than any key": (lambda: "A" * 32_768, private_key.TOO_LONG),
}
SENTENCES = {sentence for _, sentence in REFUSED.values()}


@pytest.mark.parametrize("given_as", REFUSED)
def test_what_is_no_such_key_is_refused(given_as: str) -> None:
    make, sentence = REFUSED[given_as]
    text = make()
    with pytest.raises(ValueError, match=re.escape(sentence)) as caught:
        private_key.read(text)
    assert str(caught.value) == sentence
    assert re.fullmatch(r"[A-Z][^\n]*[^.\n]\.", sentence)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_each_sentence_says_what_is_wrong_and_what_to_do() -> None:
    assert len(SENTENCES) == 8
    assert all(": paste the whole .pem file that GitHub made" in sentence for sentence in SENTENCES)


def test_nothing_of_a_key_is_repeated() -> None:
    text = damaged()
    with pytest.raises(ValueError, match="damaged") as caught:
        private_key.read(text)
    told = "".join(traceback.format_exception(caught.value))
    assert not [line for line in text.splitlines() if line in told]


def tried(text: str) -> str | ValueError:
    try:
        return private_key.read(text)
    except ValueError as refusal:
        return refusal


def assert_read_or_refused(text: str) -> None:
    got = tried(text)
    if isinstance(got, str):
        assert keys.number(got) == keys.made().private_numbers().d
    else:
        assert str(got) in SENTENCES
        assert got.__context__ is None


@given(text=st.text(max_size=400) | st.text(alphabet="-BEGINRSAPVTKY \\n\r\"'=+/_Mi", max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    assert_read_or_refused(text)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_a_key_in_pieces_is_read_or_refused(data: st.DataObject) -> None:
    text = data.draw(
        st.sampled_from([paste(keys.pem(form)) for paste in PASTED.values() for form in (PKCS1, PKCS8)])
    )
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    put_in = data.draw(
        st.sampled_from(["", " ", "\n", r"\n", "=", "A", '"', "\u2028", "-----"]) | st.text(max_size=5)
    )
    assert_read_or_refused(text[:start] + put_in + text[end:])


@given(der=st.binary(max_size=600))
@settings(max_examples=200, deadline=None)
def test_any_bytes_in_base64_are_read_or_refused(der: bytes) -> None:
    for beginning in (b"", b"\x30\x82", b"openssh-key-v1"):
        assert_read_or_refused(base64.b64encode(beginning + der).decode())
