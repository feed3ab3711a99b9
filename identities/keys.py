"""Keys and digests derived from `SECRET_KEY`: each purpose has a key of its own."""

import hashlib
import hmac
from enum import StrEnum
from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Purpose(StrEnum):
    """The labels that keep the derived keys apart. Changing one makes everything made with it worthless."""

    ACCESS_TOKEN = "identities access token"  # noqa: S105  # a label
    CLIENT_SECRET = "identities client secret"  # noqa: S105  # a label
    LOGIN_FAILURE = "identities login failure"


def keys(purpose: Purpose) -> list[bytes]:
    """Return the purpose's keys: the one to make things with, then those that only verify."""
    return [derived(secret, purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


@cache
def derived(secret: str, purpose: Purpose) -> bytes:
    """Return 32 bytes made of `secret` (HKDF-SHA256, RFC 5869, with the purpose as info)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


def digests(text: str, purpose: Purpose) -> list[str]:
    """Return the HMAC-SHA256 of `text` under each of the purpose's keys, in hex; the first is the current one."""
    return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in keys(purpose)]
