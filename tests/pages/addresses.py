"""Every address of the product that is a page: what a browser opens, neither the API's nor the operator's."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

MACHINES = ("api/", "healthcheck", "metrics", "admin")


def page_names() -> set[str]:
    """Return the names of all pages, with the namespaces that they are in."""
    return {name for route, name in _walk(get_resolver(), "", "") if not route.startswith(MACHINES)}


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, route, inner)
        elif isinstance(entry, URLPattern):
            yield route, f"{namespace}{entry.name}"
