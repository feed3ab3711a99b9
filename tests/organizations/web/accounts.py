"""What a person does with their own account, in the tests."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from audit.models import AuditEvent
from organizations.models import User
from tests.organizations.web.passkeys import Device
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
    """Give somebody a passkey."""
    return Device(user, name=name).authenticator


def confirm(client: Client) -> None:
    """Give the password again, as a sensitive change asks for."""
    assert send(client, "/account/confirm", {"password": PASSWORD}).status_code == 302


def events(*, of: str = "user") -> list[str]:
    """Return the types of the events about accounts, the oldest first."""
    return [event.type for event in AuditEvent.objects.order_by("created_at") if of in event.type]
