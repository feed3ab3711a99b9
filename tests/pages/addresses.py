"""Every address of the product that is a page: what a browser opens, neither the API's nor the operator's."""

import re
from collections.abc import Iterator, Mapping

from django.urls import URLPattern, URLResolver, get_resolver

MACHINES = ("api/", "healthcheck", "metrics", "admin")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def page_routes() -> dict[str, str]:
    """Return the routes of all pages by their names, with the namespaces that they are in."""
    return {name: route for route, name in _walk(get_resolver(), "", "") if name and not route.startswith(MACHINES)}


def address(route: str, ids: Mapping[str, object]) -> str:
    """Return a route with the ids in the places of its parameters."""
    return "/" + PARAMETER.sub(lambda parameter: str(ids[parameter[1]]), route)


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, route, inner)
        elif isinstance(entry, URLPattern):
            yield route, f"{namespace}{entry.name}" if entry.name else ""
