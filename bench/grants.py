"""Connections by OAuth, stored without a browser and moved in time."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.utils import timezone

from bench.data import analyze
from connections.claims import MARGIN
from connections.keys import current_key
from connections.models import AppConnection
from connections.providers.gitlab import GITLAB
from connections.states import Status
from organizations.models import Organization
from organizations.services import create_organization

LIFE = timedelta(hours=2)  # of GitLab's access tokens
METHOD = GITLAB.methods["oauth"]


def store(instance_url: str, grants: list[tuple[str, str]]) -> list[str]:
    """Store a connection for each pair of an access and a refresh token, all fresh; returns their ids."""
    organization = create_organization(name="Grants")
    made = AppConnection.objects.bulk_create(connections(organization, instance_url, grants), batch_size=1000)
    analyze()
    return [str(connection.id) for connection in made]


def connections(
    organization: Organization, instance_url: str, grants: list[tuple[str, str]]
) -> Iterator[AppConnection]:
    key = current_key(organization.id)
    for number, (access_token, refresh_token) in enumerate(grants):
        connection = AppConnection(
            organization=organization,
            app=GITLAB.app,
            method=METHOD.name,
            name=f"granted-{number:05}",
            verified_at=timezone.now(),
            check_due_at=timezone.now() + timedelta(days=1),
            scopes=["api"],
            status=Status.HEALTHY,
            token_expires_at=timezone.now() + LIFE,
        )
        credentials = {
            "accessToken": access_token,
            "refreshToken": refresh_token,
            "tokenType": "Bearer",
            "instanceUrl": instance_url,
        }
        connection.public = METHOD.public(credentials)
        connection.seal(credentials, key)
        yield connection


def end_in(seconds: float, connection_ids: Sequence[str]) -> int:
    """Let the tokens of some connections (none named: of all by OAuth) end in so many seconds, or have ended."""
    found = AppConnection.objects.filter(method=METHOD.name)
    if connection_ids:
        found = found.filter(pk__in=connection_ids)
    changed = found.update(token_expires_at=timezone.now() + timedelta(seconds=seconds))
    analyze()
    return changed


def count_fresh() -> int:
    """Return how many connections have a healthy token that is not about to end."""
    found = AppConnection.objects.filter(method=METHOD.name, status=Status.HEALTHY)
    return found.filter(token_expires_at__gt=timezone.now() + MARGIN).count()
