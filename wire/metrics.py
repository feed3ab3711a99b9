"""What operators scrape: requests by route and status. Closed unless `METRICS_TOKEN` is set."""

import os
import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client import REGISTRY as PROCESS_REGISTRY

REQUESTS = Counter("app_connections_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("app_connections_request_seconds", "Time to the answer, in seconds.", ["method", "route"])
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def observe(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Count one answered request. Labels come from the routes, so a client cannot invent new series."""
    route = request.resolver_match.route if request.resolver_match else "none"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, route, response.status_code).inc()
    SECONDS.labels(method, route).observe(seconds)


def registry() -> CollectorRegistry:
    """Return the registry to scrape: of all worker processes when they share a folder, else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return PROCESS_REGISTRY
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # prometheus_client has no types here
    return shared


def view(request: HttpRequest) -> HttpResponse:
    """GET /metrics with `Authorization: Bearer METRICS_TOKEN`. Without the setting there is no such page."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given.encode(), expected.encode()):
        raise Http404
    return HttpResponse(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)
