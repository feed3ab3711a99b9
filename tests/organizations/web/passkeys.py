"""A device that holds a passkey, for tests without a browser."""

import hashlib
import json
import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from organizations.models import User

FLAG = AuthenticatorData.FLAG


class Device:
    """A security key that somebody has registered at `site`. It attests nothing (Web Authentication, 8.7)."""

    def __init__(self, owner: User, *, site: str = "http://127.0.0.1:8000", name: str = "Ann's phone") -> None:
        self.owner, self.site = owner, site
        self.key = generate_private_key(SECP256R1())
        self.id = secrets.token_bytes(16)
        self.authenticator: Authenticator = WebAuthn.add(owner, name, self._registration()).instance

    def _registration(self) -> dict[str, Any]:
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        held = AttestedCredentialData.create(Aaguid(bytes(16)), self.id, public)
        made = AuthenticatorData.create(self._site_digest(), FLAG.UP | FLAG.UV | FLAG.AT, 0, held)
        client_data = CollectedClientData.create("webauthn.create", b"a challenge", self.site)
        return self._said(client_data, attestationObject=AttestationObject.create("none", made, {}))

    def answer(self, options: dict[str, Any], *, verified: bool) -> str:
        """Return what the browser sends for `options`; `verified` if the device has asked for its PIN."""
        client_data = CollectedClientData.create("webauthn.get", options["publicKey"]["challenge"], self.site)
        data = AuthenticatorData.create(self._site_digest(), FLAG.UP | (FLAG.UV if verified else FLAG(0)), 0)
        signature = self.key.sign(data + client_data.hash, ECDSA(SHA256()))
        handle = user_pk_to_url_str(self.owner).encode()
        return json.dumps(self._said(client_data, authenticatorData=data, signature=signature, userHandle=handle))

    def _site_digest(self) -> bytes:
        return hashlib.sha256(str(urlsplit(self.site).hostname).encode()).digest()

    def _said(self, client_data: CollectedClientData, **more: bytes) -> dict[str, Any]:
        named = websafe_encode(self.id)
        response = {name: websafe_encode(value) for name, value in more.items()}
        return {
            "id": named,
            "rawId": named,
            "type": "public-key",
            "response": {"clientDataJSON": websafe_encode(client_data), **response},
            "clientExtensionResults": {},
        }
