"""A person's way to a server and back, as a provider tells it: what for, what they are told, what they bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Use:
    """What a person connects for, or by which of several pages there, and the scopes that it takes.

    `is_there` is for what a person has at the server already: a connection is reconnected so, and what a new one is
    to is chosen among the candidates. `has_challenge` is False for a page that takes no PKCE challenge.
    """

    name: str
    label: str
    scopes: Sequence[str]
    is_there: bool = False
    has_challenge: bool = True


@dataclass(frozen=True, slots=True)
class Journey:
    """What people are told before they go to the server.

    `there` is what they do there and what then holds; `again` the same for a connection that is there, after "You
    go to …". `heed` is what may come in between. `mismatch` says how our client has to be set up there, before its
    redirect URI and what it may do. `which` asks them to choose among several candidates.
    """

    there: str
    again: str
    mismatch: str
    heed: Sequence[str] = ()
    which: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person is sent to the server for, and what ties the answer to the question.

    `verifier` is the PKCE code verifier (RFC 7636), of which only the S256 challenge leaves; it is empty where the
    use has none.
    """

    use: Use
    state: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Brought:
    """A credential field that comes back together with the code: in which parameter, and what its absence means."""

    field: str
    parameter: str
    absent: str


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody came back without access, and nothing went wrong: what happened, why, and what to do."""

    title: str
    cause: str
    advice: str


def never_pending(answer: Mapping[str, str]) -> Pending | None:
    """Tell that whoever comes back without a code was refused."""
    del answer
    return None
