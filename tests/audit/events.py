"""Events as the tests of this folder make them."""

import uuid

from audit import log
from audit.actors import Actor, ActorType
from audit.events import Event
from audit.models import AuditEvent
from wire.origin import Origin

ORGANIZATION = uuid.UUID("11111111-1111-4111-8111-111111111111")
ORIGIN = Origin(ip="203.0.113.7", user_agent="terraform", request_id="req-12345678901234")
ACTOR = Actor(ActorType.IDENTITY, uuid.UUID("22222222-2222-4222-8222-222222222222"), "pipeline", ORIGIN)


def event(number: int = 0) -> AuditEvent:
    """Return an event that is not stored; `number` tells one from another."""
    return log.build(Event.GET_APP_CONNECTION, actor=ACTOR, organization_id=ORGANIZATION, number=number)


def stored_numbers() -> list[int]:
    return sorted(stored.metadata["number"] for stored in AuditEvent.objects.all())
