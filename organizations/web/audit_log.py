"""The page of the audit log, and its exports."""

import threading
import uuid
import weakref
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET
from django_htmx.http import replace_url

from audit import reading
from audit.exports import FORMATS
from audit.reading import Page, Position, Reach
from organizations import audit_log
from organizations.models import Project
from organizations.web.audit_log_form import AuditLogForm
from organizations.web.audit_log_rows import rows_of
from organizations.web.people import PersonRequest, signed_in
from wire.errors import Unavailable

# Whoever reads an export slowly keeps a thread waiting for all that time.
EXPORTS = threading.BoundedSemaphore(2)
BUSY = "As many exports as this service makes at once are under way. Wait until one is through, then try again."
RETRY_SECONDS = 30


@require_GET
@signed_in
def events(request: PersonRequest) -> HttpResponse:
    """GET /organization/audit-log: what happened, as far as the person may know; the filters are its query."""
    reach = audit_log.reach_of(request.principal)
    projects = _projects(reach)
    form = AuditLogForm(request.GET, projects=projects)
    page = _page(request, reach, form) if form.is_valid() else Page([])
    asked = form.asked()
    is_part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    shown = {
        "form": form,
        "is_whole": reach.project_ids is None,
        "rows": rows_of(request.principal, page.events, projects),
        "newer": page.newer and urlencode({**asked, "after": page.newer}),
        "older": page.older and urlencode({**asked, "before": page.older}),
        "asked": urlencode(asked),
        "formats": FORMATS.values(),
        "is_part": is_part,
    }
    template = "organizations/audit_log_events.html" if is_part else "organizations/audit_log.html"
    response = render(request, template, shown, status=200 if form.is_valid() else 422)
    patch_vary_headers(response, ["HX-Request"])
    by_filter = is_part and not request.htmx.boosted  # type: ignore[attr-defined]
    return replace_url(response, _address(asked)) if by_filter else response


@require_GET
@signed_in
def export(request: PersonRequest) -> StreamingHttpResponse | HttpResponse:
    """GET /organization/audit-log/export: the events that the same filters show, as a file in `format`."""
    file_format = FORMATS.get(request.GET.get("format", ""))
    if file_format is None:
        raise Http404
    reach = audit_log.reach_of(request.principal)
    form = AuditLogForm(request.GET, projects=_projects(reach))
    if not form.is_valid():
        return events(request)  # type: ignore[return-value]  # which shows what is wrong
    if not EXPORTS.acquire(blocking=False):
        raise Unavailable(BUSY, retry_after=RETRY_SECONDS)
    try:
        parts = audit_log.export(request.principal, form.wanted(), file_format=file_format, asked=form.asked())
    except BaseException:
        EXPORTS.release()
        raise
    name = f"audit-log-{request.organization.slug}-{timezone.now():%Y-%m-%d}.{file_format.name}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    delivery = Delivery(parts, EXPORTS.release)
    return StreamingHttpResponse(delivery, content_type=file_format.media_type, headers=headers)


class Delivery:
    """The parts of a file. It gives its place back once: at the end, or when the reader or the response is gone."""

    def __init__(self, parts: Iterator[bytes], give_back: Callable[[], None]) -> None:
        self._parts = parts
        self.close = weakref.finalize(self, give_back)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._parts)


def _page(request: PersonRequest, reach: Reach, form: AuditLogForm) -> Page:
    before, after = (Position.parse(request.GET.get(name, "")) for name in ("before", "after"))
    return reading.page(reach, form.wanted(), before=before, after=after)


def _projects(reach: Reach) -> dict[uuid.UUID, str]:
    """Return the names of the projects that a reach covers, by id."""
    found = Project.objects.filter(organization_id=reach.organization_id)
    if reach.project_ids is not None:
        found = found.filter(pk__in=reach.project_ids)
    return dict(found.order_by("name", "id").values_list("id", "name"))


def _address(asked: dict[str, str]) -> str:
    """Return the page's address with the filters that are set, and nothing else."""
    query = urlencode(asked)
    return f"{reverse('organizations:audit-log')}{'?' if query else ''}{query}"
