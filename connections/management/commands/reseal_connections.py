"""`manage.py reseal_connections`: new data keys, and everything sealed with them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from connections import keys
from organizations.models import Organization


class Command(BaseCommand):
    help = (
        "Give every organization a new data key and seal its connections and its clients at instances with it. "
        "Credentials stay the same, and so does credentialsHash. Safe while the service runs; after an "
        "interruption run it with --resume."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--resume", action="store_true", help="finish an interrupted run: make no new keys")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        if not options["resume"]:
            for organization_id in Organization.objects.values_list("id", flat=True):
                keys.replace(organization_id)
        outcome = keys.reseal()
        self.stdout.write(f"Re-sealed {outcome.changed} connection(s) and {outcome.clients} client(s).")
        if outcome.unsealable:
            raise CommandError(f"These do not open with the keys at hand: {', '.join(outcome.unsealable)}")
