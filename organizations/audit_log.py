"""Who may read which part of the audit log, and take it along."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from django.utils import timezone

from audit import log, reading
from audit.events import Event
from audit.exports import Format
from audit.reading import Reach, Wanted
from organizations.access import Principal, denied
from organizations.roles import Permission
from wire.database import release


def reach_of(principal: Principal) -> Reach:
    """Return what the principal may read: the whole organization, or some projects; raises PermissionDenied."""
    if Permission.AUDIT_READ in principal.permissions(None):
        return Reach(principal.organization_id)
    projects = principal.projects_with(Permission.AUDIT_READ)
    if not projects:
        raise denied(Permission.AUDIT_READ, in_project=False)
    return Reach(principal.organization_id, projects)


def export(
    principal: Principal, wanted: Wanted, *, file_format: Format, asked: Mapping[str, str]
) -> Iterator[bytes]:
    """Return the parts of a file of what happened until now; raises PermissionDenied.

    That it was taken is recorded first, with what was `asked` for.
    """
    reach = reach_of(principal)
    now = timezone.now()
    until = min(wanted.until or now, now)
    log.record(
        Event.EXPORT_AUDIT_LOG,
        actor=principal.actor,
        organization_id=principal.organization_id,
        format=file_format.name,
        filters=dict(asked),
        projectIds=None if reach.project_ids is None else sorted(str(one) for one in reach.project_ids),
    )
    return _parts(reach, replace(wanted, until=until), file_format)


def _parts(reach: Reach, wanted: Wanted, file_format: Format) -> Iterator[bytes]:
    yield file_format.head
    for events in reading.every(reach, wanted):
        release()
        yield file_format.lines(events)
