"""What an event is about: a connection, an instance, a machine identity, a project."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that something happened to, by its id and by its name at that moment."""

    id: uuid.UUID
    name: str
