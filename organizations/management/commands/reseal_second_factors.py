"""`manage.py reseal_second_factors`: after ENCRYPTION_KEY has changed."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from organizations.sealing import reseal
from wire.errors import ServerError

SEALED = ("secret", "seed")  # of an authenticator app, of recovery codes


class Command(BaseCommand):
    help = (
        "Seal second factors with ENCRYPTION_KEY, before its predecessor is removed from ENCRYPTION_KEY_FALLBACKS. "
        "Safe while the service runs; run it again if it was interrupted."
    )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("pk", "user__email")
        lost = [email for pk, email in list(rows) if not self._resealed(pk)]
        self.stdout.write(f"Sealed {len(rows) - len(lost)} second factor(s).")
        if lost:
            raise CommandError(f"These do not open with the keys at hand: {', '.join(sorted(set(lost)))}")

    def _resealed(self, pk: int) -> bool:
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                return True
            try:
                row.data |= {name: reseal(row.data[name]) for name in SEALED if name in row.data}
            except ServerError:
                return False
            row.save(update_fields=["data"])
        return True
