"""Who acts: a person, a machine identity, or the system itself."""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from wire.origin import Origin


class ActorType(StrEnum):
    IDENTITY = "identity"
    SYSTEM = "system"
    UNKNOWN = "unknown-user"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, and the request that they act through. `id` is None for the system and strangers."""

    type: ActorType
    id: uuid.UUID | None
    name: str
    origin: Origin


def system(name: str = "system") -> Actor:
    """Return the actor of work that nobody asked for in a request."""
    return Actor(ActorType.SYSTEM, None, name, Origin(ip="", user_agent="", request_id=""))


def stranger(origin: Origin) -> Actor:
    """Return the actor of a request that has not logged in."""
    return Actor(ActorType.UNKNOWN, None, "", origin)
