"""`manage.py reset_sign_in ADDRESS`: for somebody who lost what they sign in with."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.actors import system
from audit.events import Event
from organizations.accounts import record
from organizations.models import User


class Command(BaseCommand):
    help = (
        "Take away somebody's authenticator app, passkeys, recovery codes and link of single sign-on, and end "
        "their sessions. They sign in with their password then, or are linked anew. Make sure that it is them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the e-mail address that they sign in with")

    def handle(self, *args: Any, address: str, **options: Any) -> None:  # noqa: ARG002
        user = User.objects.filter(email=address.strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {address}.")
        with transaction.atomic():
            authenticators = Authenticator.objects.filter(user=user)
            removed = sorted(authenticators.values_list("type", flat=True))
            authenticators.delete()
            links, _ = SocialAccount.objects.filter(user=user).delete()
            for session in UserSession.objects.filter(user=user):
                session.end()
            record(Event.RESET_USER_SIGN_IN, user=user, actor=system("manage.py"), removed=removed, links=links)
        self.stdout.write(
            f"{user.email} signs in with their password alone. Removed: {', '.join(removed) or 'nothing'}."
        )
