"""What the tests of the audit log's page share: people, events, and what a page shows of them."""

import html
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.test import Client

from audit import log
from audit.actors import Actor, ActorType
from audit.events import Event
from audit.models import AuditEvent
from organizations.models import Organization, Project
from tests.clients import the_organization
from tests.oauth import people
from tests.people import browser
from wire.origin import Origin

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

PAGE = "/organization/audit-log"
EXPORT = f"{PAGE}/export"
ACTOR_ID = uuid.UUID("22222222-2222-4222-8222-222222222222")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def actor(name: str = "ann@example.com", kind: ActorType = ActorType.USER, *, agent: str = "Firefox") -> Actor:
    return Actor(kind, ACTOR_ID, name, Origin(ip="203.0.113.7", user_agent=agent, request_id="req-1"))


def happen(
    event: Event = Event.CREATE_PROJECT,
    *,
    by: Actor | None = None,
    organization: Organization | None = None,
    at: int = 0,
    **more: Any,
) -> AuditEvent:
    """Store an event of the first organization, or of another, `at` seconds after noon."""
    home = organization or the_organization()
    row = log.build(event, actor=by or actor(), organization_id=home.id, **more)
    row.created_at = NOON + timedelta(seconds=at)
    row.save()
    return row


def project(name: str = "Platform") -> Project:
    return Project.objects.create(organization=the_organization(), name=name, slug=name.lower())


def reader(*, role: str = "admin", project_roles: Mapping[Project, Iterable[str]] | None = None) -> Client:
    """Return the browser of somebody with these roles."""
    somebody = people.person(email=f"{uuid.uuid4()}@example.com", role=role, project_roles=project_roles)
    return browser(somebody.user)


def whos(response: "Response") -> list[str]:
    """Return who acted, row by row."""
    found = re.findall(r'data-label="Who">.*?<bdi>(.*?)</bdi>', response.content.decode(), re.DOTALL)
    return [html.unescape(name) for name in found]
