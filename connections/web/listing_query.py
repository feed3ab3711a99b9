"""What a list of connections is asked for: each of its states is an address."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from connections.models import AppConnection
from connections.overview import ATTENTION, SORTS, Group
from connections.providers import PROVIDERS
from connections.states import STATUS_WORDS, Status

MOST_TEXT = 100
DEFAULT_SORT = "state"
ORGANIZATION = "organization"  # the scope of what belongs to no project
NEEDS_ATTENTION = "attention"  # a state that stands for those of `ATTENTION`
STATES: Mapping[str, str] = {
    "": "All",
    NEEDS_ATTENTION: "Need attention",
    Status.RECONNECT_REQUIRED: "Reconnect or replace",
    Status.FAILING: STATUS_WORDS[Status.FAILING],
    Status.EXPIRING: STATUS_WORDS[Status.EXPIRING],
    Status.UNCHECKED: STATUS_WORDS[Status.UNCHECKED],
    Status.HEALTHY: STATUS_WORDS[Status.HEALTHY],
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The search, the filters and the order of a list. An empty one asks for all of them, the urgent first."""

    q: str = ""
    app: str = ""
    method: str = ""
    state: str = ""
    scope: str = ""
    sort: str = DEFAULT_SORT

    @property
    def is_narrowed(self) -> bool:
        return any((self.q, self.app, self.method, self.state, self.scope))

    @property
    def statuses(self) -> Collection[str]:
        """The states that are asked for; none: any."""
        if not self.state:
            return ()
        return ATTENTION if self.state == NEEDS_ATTENTION else (self.state,)

    def query(self, **changes: str) -> str:
        """Return the query of the address for this, with some of it changed."""
        wanted = replace(self, **changes)
        named = {name: getattr(wanted, name) for name in ("q", "app", "method", "state", "scope", "sort")}
        if named["sort"] == DEFAULT_SORT:
            named["sort"] = ""
        return "?" + urlencode({name: value for name, value in named.items() if value})

    def includes(self, group: Group, *, but: str = "") -> bool:
        """Tell whether the filters let a group through, all of them or all `but` one."""
        return all(
            (
                but == "app" or self.app in {"", group.app},
                but == "method" or self.method in {"", group.method},
                but == "state" or not self.state or group.status in self.statuses,
                but == "scope" or self.scope in {"", scope_of(group)},
            )
        )

    def narrow(self, found: QuerySet[AppConnection]) -> QuerySet[AppConnection]:
        """Return what the filters let through, of connections with their state."""
        if self.app:
            found = found.filter(app=self.app)
        if self.method:
            found = found.filter(method=self.method)
        if self.state:
            found = found.filter(Q(status_now__in=self.statuses))
        if self.scope:
            is_ours = self.scope == ORGANIZATION
            found = found.filter(project=None) if is_ours else found.filter(project_id=uuid.UUID(self.scope))
        return found


class Choice(NamedTuple):
    """One value of a filter, and how many connections it would show."""

    value: str
    label: str
    total: int
    is_current: bool
    query: str


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """Read the query of an address. What means nothing is taken for not given."""
    return Wanted(
        q=" ".join(given.get("q", "").replace("\0", "")[:MOST_TEXT].split()),
        app=_one_of(given.get("app"), PROVIDERS),
        method=_one_of(given.get("method"), {name for each in PROVIDERS.values() for name in each.methods}),
        state=_one_of(given.get("state"), STATES),
        scope=_scope(given.get("scope", "")),
        sort=_one_of(given.get("sort"), {*SORTS, *(f"-{name}" for name in SORTS)}) or DEFAULT_SORT,
    )


def _one_of(value: str | None, known: Iterable[str]) -> str:
    return next((str(each) for each in known if each == value), "")


def _scope(value: str) -> str:
    if value == ORGANIZATION:
        return value
    try:
        return str(uuid.UUID(value))
    except ValueError:
        return ""


def scope_of(group: Group) -> str:
    return str(group.project_id) if group.project_id else ORGANIZATION


def states(wanted: Wanted, groups: Iterable[Group]) -> list[Choice]:
    """Return the states that there are, with the one that is asked for."""
    counts = _counts(groups, wanted, "state")
    counts[""] = sum(counts.values())
    counts[NEEDS_ATTENTION] = sum(counts.get(status, 0) for status in ATTENTION)
    return [
        Choice(value, label, counts.get(value, 0), value == wanted.state, wanted.query(state=value))
        for value, label in STATES.items()
        if not value or counts.get(value) or value == wanted.state
    ]


def apps(wanted: Wanted, groups: Iterable[Group]) -> list[Choice]:
    labels = {app: provider.display_name for app, provider in PROVIDERS.items()}
    return list(_choices(wanted, "app", "Any", labels, _counts(groups, wanted, "app")))


def methods(wanted: Wanted, groups: Iterable[Group]) -> list[Choice]:
    """Return the methods by their names; apps may share one."""
    labels: dict[str, str] = {}
    for provider in PROVIDERS.values():
        for name, method in provider.methods.items():
            labels.setdefault(name, method.display_name)
    return list(_choices(wanted, "method", "Any", labels, _counts(groups, wanted, "method")))


def scopes(wanted: Wanted, groups: list[Group]) -> list[Choice]:
    """Return the organization and its projects by name, as far as they have connections that the person sees."""
    projects = {scope_of(group): group.project_name or "" for group in groups if group.project_id}
    labels = {ORGANIZATION: "Organization", **dict(sorted(projects.items(), key=lambda pair: pair[1].lower()))}
    if wanted.scope:
        labels.setdefault(wanted.scope, "Another project")
    return list(_choices(wanted, "scope", "Any", labels, _counts(groups, wanted, "scope")))


def _choices(
    wanted: Wanted, name: str, any_label: str, labels: Mapping[str, str], counts: Mapping[str, int]
) -> Iterator[Choice]:
    chosen = getattr(wanted, name)
    yield Choice("", any_label, sum(counts.values()), not chosen, wanted.query(**{name: ""}))
    for value, label in labels.items():
        if counts.get(value) or value == chosen:
            yield Choice(value, label, counts.get(value, 0), value == chosen, wanted.query(**{name: value}))


def _counts(groups: Iterable[Group], wanted: Wanted, name: str) -> dict[str, int]:
    """Return how many each value of one filter would show beside the search and the other filters."""
    read = {"state": lambda group: group.status, "scope": scope_of}.get(name, lambda group: getattr(group, name))
    counts: dict[str, int] = {}
    for group in groups:
        if wanted.includes(group, but=name):
            value = str(read(group))
            counts[value] = counts.get(value, 0) + group.total
    return counts
