"""Fill a migrated, empty database."""

import secrets
import uuid
from collections.abc import Iterator

from django.db import connection as database
from django.utils import timezone

from bench.calls import IN_PROJECT, Seeded
from connections.keys import current_key
from connections.models import AppConnection, DataKey
from connections.providers.gitlab import GITLAB
from identities.keys import Purpose, digests
from identities.models import ClientSecret, UniversalAuth
from organizations.models import Organization, Project
from organizations.services import create_organization
from tests.clients import identity_with

PROJECTS = ("payments", "platform", "website")
METHOD = GITLAB.methods["access-token"]


def seed(count: int) -> Seeded:
    """Make an organization with `count` connections, 100 of them in one of its three projects."""
    home, elsewhere = create_organization(name="Bench"), create_organization(name="Creators")
    projects = [Project.objects.create(organization=home, name=name, slug=name) for name in PROJECTS]
    admin = identity_with(organization=home, project_roles={project.id: ["admin"] for project in projects})
    creator = identity_with(organization=elsewhere)
    client_id, client_secret = universal_auth(uuid.UUID(admin.identity_id))
    in_project = store(home, projects[0], IN_PROJECT)
    store(home, None, count - IN_PROJECT)
    store(elsewhere, None, 1)
    analyze()
    return Seeded(
        token=admin.token,
        creator_token=creator.token,
        client_id=client_id,
        client_secret=client_secret,
        project_id=str(projects[0].id),
        connection_id=str(in_project[0].id),
    )


def universal_auth(identity_id: uuid.UUID) -> tuple[str, str]:
    """Let an identity log in; returns its client id and a client secret."""
    auth = UniversalAuth.objects.create(identity_id=identity_id)
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
        )
        credentials = {
            "accessToken": f"glpat-{secrets.token_urlsafe(15)}",
            "accessTokenType": "project",
            "instanceUrl": "https://gitlab.example.com",
        }
        connection.public = METHOD.public(credentials)
        connection.seal(credentials, key)
        yield connection


def analyze() -> None:
    """What PostgreSQL does by itself within a minute, done now: the run starts as an older server would."""
    with database.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if database.vendor == "postgresql" else "ANALYZE")
