"""One connection in a list: what it says, and where it leads whom."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from connections.models import AppConnection
from connections.overview import without_scheme
from connections.states import State, Status
from connections.web import listing_links
from organizations.access import Principal
from organizations.roles import Permission

MENDED_BY_CREDENTIALS = {Status.RECONNECT_REQUIRED, Status.EXPIRING}
RENEW = {Permission.CONNECTIONS_EDIT, Permission.CONNECTIONS_EDIT_CREDENTIALS}


@dataclass(frozen=True, slots=True)
class Link:
    """Where something can be done. A page that the person may not open has none."""

    label: str
    url: str
    is_dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A connection as one person sees it. `url` leads to its page; without one, `closed` says why."""

    connection: AppConnection
    state: State
    host: str
    scope: str
    url: str
    closed: str
    renew: Link | None
    links: list[Link]

    @property
    def is_mended_here(self) -> bool:
        """Tell whether what is wrong is put right by other credentials, which the person may give."""
        return self.renew is not None and self.state.status in MENDED_BY_CREDENTIALS


def rows_of(
    principal: Principal, connections: Iterable[AppConnection], project_names: Mapping[uuid.UUID | None, str | None]
) -> Iterator[Row]:
    """Yield the rows of a list. `project_names` names the project of each."""
    for connection in connections:
        held = principal.permissions(connection.project_id)
        scope = project_names.get(connection.project_id) or "Organization"
        page = listing_links.page_of(connection.id)
        is_open = Permission.CONNECTIONS_READ in held
        renew = _renewal(connection, page) if held >= RENEW else None
        yield Row(
            connection=connection,
            state=connection.state,
            host=without_scheme(connection.instance_url),
            scope=scope,
            url=page if is_open else "",
            closed="" if is_open else _why_closed(principal, connection, scope),
            renew=renew,
            links=list(_links(page, renew, held)) if is_open else [],
        )


def _renewal(connection: AppConnection, page: str) -> Link:
    """Return the way to other credentials: by consent where there is a grant, otherwise by a form."""
    if connection.has_grant:
        return Link("Reconnect", listing_links.reconnect(connection.app, connection.id))
    return Link("Replace credentials", f"{page}/credentials")


def _links(page: str, renew: Link | None, held: Collection[Permission]) -> Iterator[Link]:
    yield Link("Open", page)
    if Permission.CONNECTIONS_EDIT in held:
        yield Link("Edit details", f"{page}/edit")
    if renew:
        yield renew
    if Permission.CONNECTIONS_DELETE in held:
        yield Link("Delete", f"{page}/delete", is_dangerous=True)


def _why_closed(principal: Principal, connection: AppConnection, project: str) -> str:
    if connection.project_id in principal.project_roles:
        return (
            f"It is in project {project}, where your role does not open connections. Ask an admin of the project."
        )
    return f"It is in project {project}. You are not a member, so its page is closed to you."
