"""How to make at a server what a method asks for, as a provider tells it: pages, steps, what to tick."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """A page at a server: an http or https address, and what the link to it says."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Need:
    """What to tick for one purpose: scopes, the least role if there is one, and the page where they are ticked."""

    purpose: str
    scopes: Sequence[str]
    role: str = ""
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What the address of a guide's page depends on besides the server, such as the path of a project."""

    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Guide:
    """How to make credentials of one kind at one server: the page, what to do there, and what to tick."""

    title: str
    steps: Sequence[str]
    needs: Sequence[Need]
    page: Page | None = None
    place: Place | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Making:
    """What a guide is for: the server's URL (normal form, or empty), what was chosen so far, the place named."""

    url: str
    chosen: Mapping[str, Any]
    place: str = ""
