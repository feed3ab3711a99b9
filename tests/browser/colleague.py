"""`python -m tests.browser.colleague`, in the environment of a site: a second person in its organization."""

import os
import subprocess
import sys

import django

from tests.server import ROOT, Server

EMAIL = "joiner@example.com"
PASSWORD = "correct horse battery staple"


def join() -> None:
    from audit.actors import ActorType
    from organizations.models import Organization, User
    from organizations.services import add_member

    bob = User.objects.create_user(EMAIL, PASSWORD)
    add_member(
        organization_id=Organization.objects.earliest("created_at").id,
        project=None,
        member_type=ActorType.USER,
        member_id=bob.id,
        roles=[{"role": "no-access"}],
    )


def add_to(site: Server) -> None:
    """Make the second person of a running site."""
    environment = {**os.environ, **site.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "-m", "tests.browser.colleague"], cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    django.setup()
    join()
