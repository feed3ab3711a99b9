"""Fill a migrated, empty database."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection as database
from django.test import Client
from django.utils import timezone

from audit.actors import ActorType
from bench.calls import IN_PROJECT, SESSION_COOKIE, Seeded
from connections.keys import current_key
from connections.models import AppConnection, DataKey
from connections.providers.gitlab import GITLAB
from identities.keys import Purpose, digests
from identities.models import ClientSecret, Identity, TokenAuth, UniversalAuth
from identities.services.access_tokens import issue
from organizations.models import Organization, Project, User
from organizations.services import add_member, create_organization

PROJECTS = ("payments", "platform", "website")
WAIT = "Nothing to do: it is tried again by itself. If it lasts, see to the cause."
METHOD = GITLAB.methods["access-token"]


def seed(count: int) -> Seeded:
    """Make an organization with `count` connections, 100 of them in one of its three projects."""
    home, elsewhere = create_organization(name="Bench"), create_organization(name="Creators")
    projects = [Project.objects.create(organization=home, name=name, slug=name) for name in PROJECTS]
    admin, token = machine(home, projects)
    _, creator_token = machine(elsewhere, [])
    client_id, client_secret = universal_auth(admin)
    in_project = store(home, projects[0], IN_PROJECT)
    store(home, None, count - IN_PROJECT)
    store(elsewhere, None, 1)
    analyze()
    return Seeded(
        token=token,
        creator_token=creator_token,
        client_id=client_id,
        client_secret=client_secret,
        project_id=str(projects[0].id),
        connection_id=str(in_project[0].id),
        session=session(home),
    )


def machine(organization: Organization, projects: Sequence[Project]) -> tuple[Identity, str]:
    """Make a machine identity that is admin of the organization and of the projects; returns it with a token."""
    identity = Identity.objects.create(organization=organization, name="machine")
    for place in (None, *projects):
        add_member(
            organization_id=organization.id,
            project=place,
            member_type=ActorType.IDENTITY,
            member_id=identity.id,
            roles=[{"role": "admin"}],
        )
    auth = TokenAuth.objects.create(identity=identity, access_token_ttl=0, access_token_max_ttl=0)
    return identity, issue(auth, timezone.now()).text


def session(organization: Organization) -> str:
    """Sign an admin of the organization in; returns what the cookie holds."""
    person = User.objects.create_user("admin@example.com", secrets.token_urlsafe())
    add_member(
        organization_id=organization.id,
        project=None,
        member_type=ActorType.USER,
        member_id=person.id,
        roles=[{"role": "admin"}],
    )
    browser = Client()
    browser.force_login(person)
    return browser.cookies[SESSION_COOKIE].value


def universal_auth(identity: Identity) -> tuple[str, str]:
    """Let an identity log in; returns its client id and a client secret."""
    auth = UniversalAuth.objects.create(identity=identity)
    secret = secrets.token_hex(32)
    digest = digests(secret, Purpose.CLIENT_SECRET)[0]
    ClientSecret.objects.create(universal_auth=auth, prefix=secret[:4], digest=digest)
    return str(auth.client_id), secret


def store(organization: Organization, project: Project | None, count: int) -> list[AppConnection]:
    """Store `count` connections as the product does, but many at once and without asking GitLab."""
    return AppConnection.objects.bulk_create(made(organization, project, count), batch_size=1000)


def made(organization: Organization, project: Project | None, count: int) -> Iterator[AppConnection]:
    key: DataKey = current_key(organization.id)
    for number in range(count):
        connection = AppConnection(
            organization=organization,
            project=project,
            app=GITLAB.app,
            method=METHOD.name,
            name=f"gitlab-team-{number:05}",
            description=f"Deployments of team {number}",
            verified_at=timezone.now(),
            scopes=["api"],
            account={"id": str(number), "username": f"project_{number}_bot", "name": "Deploy", "is_bot": True},
            checked_at=timezone.now(),
            check_due_at=timezone.now() + timedelta(days=1),  # no worker is to check what has no server
            **condition(number),
        )
        credentials = {
            "accessToken": f"glpat-{secrets.token_urlsafe(15)}",
            "accessTokenType": "project",
            "instanceUrl": "https://gitlab.example.com",
        }
        connection.public = METHOD.public(credentials)
        connection.seal(credentials, key)
        yield connection


def condition(number: int) -> dict[str, Any]:
    """Return how a connection is: one of twenty needs attention."""
    if number % 40 == 0:
        return {"status": "failing", "cause": "https://gitlab.example.com answered with status 502.", "cure": WAIT}
    if number % 40 == 1:
        return {"status": "healthy", "expires_at": timezone.now() + timedelta(days=1 + number % 13)}
    return {"status": "healthy"}


def analyze() -> None:
    """What PostgreSQL does by itself within a minute, done now: the run starts as an older server would."""
    with database.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if database.vendor == "postgresql" else "ANALYZE")
