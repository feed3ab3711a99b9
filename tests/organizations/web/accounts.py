"""What a person does with their own account, in the tests."""

import hashlib
import secrets
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from audit.models import AuditEvent
from organizations.models import User
from tests.people import PASSWORD, send

SECURITY = "/account/security"
SECOND_STEP = "/sign-in/code"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PERIOD = 30


def code(secret: str = SECRET, *, steps: int = 0) -> str:
    """Return what an authenticator app shows now, or so many steps of time from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + steps)))


def with_app(user: User) -> Authenticator:
    """Give somebody an authenticator app that holds SECRET."""
    return TOTP.activate(user, SECRET).instance


def recovery_codes(user: User) -> list[str]:
    """Give somebody recovery codes, and return them."""
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def with_passkey(user: User, name: str = "Ann's phone") -> Authenticator:
    """Give somebody a passkey, as a device that attests nothing makes it (Web Authentication, 8.7)."""
    key = ES256.from_cryptography_key(generate_private_key(SECP256R1()).public_key())  # type: ignore[no-untyped-call]
    credential_id = secrets.token_bytes(16)
    made = AuthenticatorData.create(
        hashlib.sha256(b"127.0.0.1").digest(),
        AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT,
        0,
        AttestedCredentialData.create(Aaguid(bytes(16)), credential_id, key),
    )
    client_data = CollectedClientData.create("webauthn.create", b"a challenge", "http://127.0.0.1:8000")
    credential = {
        "id": websafe_encode(credential_id),
        "rawId": websafe_encode(credential_id),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client_data),
            "attestationObject": websafe_encode(AttestationObject.create("none", made, {})),
        },
        "clientExtensionResults": {},
    }
    return WebAuthn.add(user, name, credential).instance


def confirm(client: Client) -> None:
    """Give the password again, as a sensitive change asks for."""
    assert send(client, "/account/confirm", {"password": PASSWORD}).status_code == 302


def events(*, of: str = "user") -> list[str]:
    """Return the types of the events about accounts, the oldest first."""
    return [event.type for event in AuditEvent.objects.order_by("created_at") if of in event.type]
