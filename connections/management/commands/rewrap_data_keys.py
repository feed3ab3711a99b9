"""`manage.py rewrap_data_keys`: after ENCRYPTION_KEY has changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connections import keys


class Command(BaseCommand):
    help = (
        "Wrap every data key with ENCRYPTION_KEY. To change that key: put the new one into ENCRYPTION_KEY and the "
        "old one into ENCRYPTION_KEY_FALLBACKS, restart, run this command, then remove the old one. Safe while the "
        "service runs; run it again if it was interrupted."
    )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        outcome = keys.rewrap()
        self.stdout.write(f"Re-wrapped {outcome.changed} data key(s).")
        if outcome.unsealable:
            raise CommandError(f"These do not open with the keys at hand: {', '.join(outcome.unsealable)}")
