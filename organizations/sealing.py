"""Second factors at rest: what makes codes is sealed with a key of its own, derived from ENCRYPTION_KEY."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from wire.errors import ServerError

PURPOSE = b"second factors"
LOST = (
    "What is stored of this second factor no longer opens: the ENCRYPTION_KEY that sealed it is not among the keys "
    "at hand. Ask whoever runs this instance to bring the key back, or to reset the second factor."
)


def seal(text: str) -> str:
    """Return `text` sealed with the first key."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed with any of the keys; raises ServerError when none of them opens it."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise ServerError(LOST) from None


def reseal(sealed: str) -> str:
    """Return the same sealed with the first key; raises ServerError."""
    return seal(unseal(sealed))


def _keys() -> MultiFernet:
    return MultiFernet([_derived(key) for key in (settings.ENCRYPTION_KEY, *settings.ENCRYPTION_KEY_FALLBACKS)])


def _derived(key: str) -> Fernet:
    material = HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(base64.b64decode(key))
    return Fernet(base64.urlsafe_b64encode(material))
