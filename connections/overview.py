"""What a person sees of the connections: those they may read, with their state. Nothing is decrypted.

The state is that of the moment (`states.status_at`), also where nobody has checked since. It is computed by the
database, so that what is counted, filtered and sorted by is what each row says.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Case, CharField, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Expression, OrderBy
from django.db.models.fields.json import KT
from django.db.models.functions import Replace

from connections.models import AppConnection
from connections.providers import PROVIDERS
from connections.providers.base import Kind, Provider
from connections.states import Status, status_at
from organizations.access import Principal
from organizations.roles import Permission

# In the order in which a person should see to them.
ATTENTION = (Status.RECONNECT_REQUIRED, Status.FAILING, Status.EXPIRING)
URGENCY = {Status.RECONNECT_REQUIRED: 0, Status.FAILING: 0, Status.EXPIRING: 1, Status.UNCHECKED: 2}
# Of the sealed credentials not even the sealed text is loaded.
SEALED = ("sealed_credentials", "credentials_hash")
SORTS: Mapping[str, tuple[str, ...]] = {
    "state": ("urgency", "soonest", "name", "id"),
    "name": ("name", "id"),
    "method": ("app", "method", "name", "id"),
    "account": ("username", "name", "id"),
    "scope": ("project__name", "project_id", "name", "id"),
    "expires": ("expires_at", "name", "id"),
    "checked": ("checked_at", "name", "id"),
}
TIES = {"name", "id"}
# Who was never checked has waited longest; what never expires does so last.
NULLS_FIRST = {"checked_at", "project__name"}


class Group(NamedTuple):
    """How many connections have all of this in common."""

    app: str
    method: str
    project_id: uuid.UUID | None
    project_name: str | None
    status: Status
    total: int


def visible(principal: Principal) -> QuerySet[AppConnection]:
    """Return the connections that the principal may read: all of the organization, or those of some projects."""
    found = AppConnection.objects.filter(organization_id=principal.organization_id)
    if Permission.CONNECTIONS_READ not in principal.permissions(None):
        found = found.filter(project_id__in=readable_projects(principal))
    return found.defer(*SEALED)


def readable_projects(principal: Principal) -> list[uuid.UUID]:
    """Return the projects whose connections the principal may open: as a member, with a role that reads them."""
    projects = principal.project_roles
    return [place for place in projects if Permission.CONNECTIONS_READ in principal.permissions(place)]


def with_state(found: QuerySet[AppConnection], now: datetime) -> QuerySet[AppConnection]:
    """Return them with their state at `now` as `status_now`, to filter and sort by."""
    return found.annotate(status_now=status_at(now))


def matching(found: QuerySet[AppConnection], text: str) -> QuerySet[AppConnection]:
    """Return those that hold every word of `text`: in what they are called, are to, or whose they are."""
    words = dict.fromkeys(text.split())  # each is looked for once: repeated ones would only cost time
    if words:
        found = found.annotate(username=KT("account__username"), **_hosts())
    for word in words:
        found = found.filter(_holds(word))
    return found


def tally(found: QuerySet[AppConnection]) -> list[Group]:
    """Return how many there are of each kind, counted in one query. Takes what `with_state` returns."""
    columns = ("app", "method", "project_id", "project__name", "status_now")
    counted = found.order_by().values_list(*columns).annotate(count=Count("id"))
    return [
        Group(app, method, place, name, Status(status), count)
        for app, method, place, name, status, count in counted
    ]


def ordered(found: QuerySet[AppConnection], sort: str) -> QuerySet[AppConnection]:
    """Return them in an order of `SORTS`, a "-" before it turns it round. Takes what `with_state` returns."""
    name = sort.removeprefix("-")
    if name == "state":
        found = found.annotate(urgency=_urgency(), soonest=_end_of_what_expires_soon())
    if name == "account":
        found = found.annotate(username=KT("account__username"))
    first, *rest = SORTS[name]
    is_turned = sort.startswith("-")
    # Among equals, names read from a to z in a turned order too.
    keys = [
        _by(first, is_turned=is_turned),
        *(_by(column, is_turned=is_turned and column not in TIES) for column in rest),
    ]
    return found.order_by(*keys)


def _by(column: str, *, is_turned: bool) -> OrderBy:
    nulls_first = (column in NULLS_FIRST) is not is_turned
    key = F(column)
    nulls = {"nulls_first": True} if nulls_first else {"nulls_last": True}
    return key.desc(**nulls) if is_turned else key.asc(**nulls)


def _urgency() -> Case:
    ranks = [When(status_now=status, then=Value(rank)) for status, rank in URGENCY.items()]
    return Case(*ranks, default=Value(len(URGENCY)), output_field=IntegerField())


def _end_of_what_expires_soon() -> Case:
    return Case(When(status_now=Status.EXPIRING, then=F("expires_at")), default=None)


def _holds(word: str) -> Q:
    word = word.removeprefix("@") or word
    held = Q(name__icontains=word) | Q(description__icontains=word) | Q(username__icontains=word)
    for provider in PROVIDERS.values():
        held |= _is_of(provider, word.lower())
    return held


def _is_of(provider: Provider, word: str) -> Q:
    """Return which connections to one app have the word in the app's, a method's or their server's name."""
    if word in provider.display_name.lower():
        return Q(app=provider.app)
    methods = [name for name, method in provider.methods.items() if word in method.display_name.lower()]
    held = Q(app=provider.app, method__in=methods) if methods else Q()
    for field in _url_fields(provider):
        column = f"host_{field}"
        held |= Q(app=provider.app, **{f"{column}__icontains": word})
        if word in without_scheme(provider.default_url):
            held |= Q(app=provider.app, **{f"{column}__isnull": True})
    return held


def _hosts() -> dict[str, Expression]:
    """Return expressions for the servers, without the scheme that they all have."""
    fields = {field for provider in PROVIDERS.values() for field in _url_fields(provider)}
    return {f"host_{field}": _without(_without(KT(f"public__{field}"), "https://"), "http://") for field in fields}


def _without(text: Expression, part: str) -> Expression:
    return Replace(text, Value(part), Value(""), output_field=CharField())


def _url_fields(provider: Provider) -> set[str]:
    """Return the public credential fields that say which server it is."""
    fields = [field for method in provider.methods.values() for field in method.fields]
    return {field.name for field in fields if field.of_server and field.kind in {Kind.URL, Kind.HOST}}


def without_scheme(url: str) -> str:
    return url.partition("://")[2] or url
