"""Second factors and passkeys: django-allauth's, sealed at rest and bound to the site's own address."""

from typing import Any
from urllib.parse import urlsplit

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.db import transaction

from organizations import sealing
from organizations.models import User

NAME = "App Connections"
LAST_STEP = "last_step"


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's `MFA_ADAPTER`."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is wrong, or was used already. Wait for the next one and try again.",
        "cannot_generate_recovery_codes": "Set up an authenticator app or a passkey first.",
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whom passkeys are for: the host of `SITE_URL`. A request's Host header is the sender's word."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": NAME}

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  # allauth's name
        """Return the name that a passkey gets without one."""
        known = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return "Passkey" if not known else f"Passkey {known + 1}"


def use_once(authenticator: Any, code: str) -> bool:
    """Note that a right code of an authenticator app was used; False for one that was used before, or is older.

    A code is good for one sign-in (RFC 6238, section 5.2), also when two processes get it at the same moment.
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        step = _step_of(sealing.unseal(row.data["secret"]), code)
        if step is None or step <= row.data.get(LAST_STEP, 0):
            return False
        row.data[LAST_STEP] = step
        row.save(update_fields=["data"])
    return True


def _step_of(secret: str, code: str) -> int | None:
    """Return which step of time a code is of."""
    steps: list[int] = list(yield_hotp_counters_from_time())
    of_step = {step: format_hotp_value(hotp_value(secret, step)) for step in steps}
    return next((step for step, its in of_step.items() if compare_user_code(actual=code, expected=its)), None)
