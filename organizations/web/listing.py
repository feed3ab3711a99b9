"""A list that is searched and paged: as a page, and as the part of it that htmx asks for while somebody types."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from wire.origin import printable

Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 50
LONGEST_SEARCH = 100


def search_of(request: HttpRequest) -> str:
    """Return what is searched for (`?q=`)."""
    return printable(request.GET.get("q", "")).strip()[:LONGEST_SEARCH]


def page_of(request: HttpRequest, rows: QuerySet[Row, Any]) -> Page[Row]:
    """Return the page that is asked for (`?page=`), or the nearest that there is."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def answer(request: HttpRequest, page: str, results: str, shown: dict[str, Any]) -> HttpResponse:
    """Render the template `page`; for htmx, unless it restores a page, the template `results` alone."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # django-htmx's middleware puts it there
    template = results if htmx and not htmx.history_restore_request else page
    return render(request, template, {**shown, "is_part": template == results})
