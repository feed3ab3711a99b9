"""Seal and open: AES-256-GCM, fail closed.

A sealed value is text, `scheme.key-id.base64url(nonce + ciphertext + tag)`, and is bound to the place it was made
for: organization, owner and purpose go in as additional data (NIST SP 800-38D), so that a value copied onto
another row does not open. Credentials are sealed with a data key of their organization; data keys are wrapped by
a root key, the settings `ENCRYPTION_KEY` (seals and opens) and `ENCRYPTION_KEY_FALLBACKS` (open only).
"""

import base64
import binascii
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from connections.errors import Unsealable

SCHEME = "aes256gcm"
KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Place:
    """What a sealed value is bound to: whose it is, which row holds it, and what for."""

    organization_id: uuid.UUID
    owner_id: uuid.UUID
    purpose: str

    def additional_data(self) -> bytes:
        return f"{self.organization_id}|{self.owner_id}|{self.purpose}".encode()


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the id that the values sealed with it carry."""

    id: str
    material: bytes

    def __repr__(self) -> str:
        return f"Key({self.id})"


def seal(key: Key, plaintext: bytes, place: Place) -> str:
    """Return `plaintext` sealed for one place. Sealing the same again gives another value."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key.material).encrypt(nonce, plaintext, place.additional_data())
    return f"{SCHEME}.{key.id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def open_sealed(keys: Sequence[Key], sealed: str, place: Place) -> bytes:
    """Return the plaintext of a value sealed for this place by one of the keys; raises Unsealable."""
    scheme, _, rest = sealed.partition(".")
    key_id, _, text = rest.partition(".")
    key = next((key for key in keys if key.id == key_id), None)
    if scheme != SCHEME or key is None:
        raise Unsealable(f"sealed with {scheme[:20]} and key {key_id[:40]}, which is not at hand")
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
        return AESGCM(key.material).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.additional_data())
    except (InvalidTag, ValueError):
        raise Unsealable(f"a value sealed with key {key_id[:40]} does not open in its place") from None


def key_id_of(sealed: str) -> str:
    """Return the id of the key that a value was sealed with."""
    return sealed.split(".")[1]


def new_material() -> bytes:
    """Return a fresh 256-bit key."""
    return secrets.token_bytes(KEY_BYTES)


def root_keys() -> tuple[Key, ...]:
    """Return the root keys of the settings; the first one seals. Raises ValueError naming the setting at fault."""
    return _parsed(settings.ENCRYPTION_KEY, tuple(settings.ENCRYPTION_KEY_FALLBACKS))


@cache
def _parsed(first: str, fallbacks: tuple[str, ...]) -> tuple[Key, ...]:
    named = [("ENCRYPTION_KEY", first), *(("ENCRYPTION_KEY_FALLBACKS", text) for text in fallbacks)]
    return tuple(_root_key(name, text) for name, text in named)


def _root_key(setting: str, text: str) -> Key:
    try:
        material = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        material = b""
    if len(material) != KEY_BYTES:
        raise ValueError(f"{setting} must be 32 random bytes in base64, as `openssl rand -base64 32` prints them")
    return Key(hashlib.sha256(b"root key id" + material).hexdigest()[:12], material)
