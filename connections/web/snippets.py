"""Ready to paste: calls and code for one connection, with its real ids and never a secret."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings

from connections.models import AppConnection
from connections.providers.base import Field, Listing

TOKEN = "$TOKEN"  # noqa: S105  # a placeholder


class Snippet(NamedTuple):
    """Something to copy, and what it is for."""

    title: str
    text: str


def of(connection: AppConnection) -> list[Snippet]:
    """Return how to get a connection, how to list with it, and its like in Terraform."""
    base = f"{settings.SITE_URL}/api/v1/app-connections/{connection.app}/{connection.id}"
    snippets = [Snippet("Get this connection", _curl(base))]
    snippets += [
        Snippet(listing.summary, _curl(f"{base}/{listing.name}{_query(listing)}"))
        for listing in connection.provider.listings
    ]
    if not connection.has_grant:  # Terraform has no browser to give consent in
        snippets.append(Snippet("Make one like it with Terraform", "\n".join(_resource(connection))))
    return snippets


def _query(listing: Listing) -> str:
    """Return the parameters that a listing asks for, with examples to be replaced."""
    return f"?{urlencode({field.name: field.example for field in listing.query})}" if listing.query else ""


def _curl(url: str) -> str:
    return f'curl -fsS "{url}" \\\n  -H "Authorization: Bearer {TOKEN}"'


def _resource(connection: AppConnection) -> Iterator[str]:
    yield "# Terraform cannot take over a connection that is there: choose another name, or delete this one first."
    yield f'resource "infisical_app_connection_{connection.app}" "{_identifier(connection.name)}" {{'
    own = {"name": connection.name, "description": connection.description, "method": connection.method}
    if connection.project_id:
        own["project_id"] = str(connection.project_id)
    yield from _aligned({name: _quoted(value) for name, value in own.items() if value}, "  ")
    yield "\n  credentials = {"
    values = {field.name: _value(field, connection) for field in connection.way.fields}
    yield from _aligned({_snake(name): value for name, value in values.items() if value}, "    ")
    yield "  }\n}"


def _value(field: Field, connection: AppConnection) -> str:
    """Return a credential field's value; a secret one is a variable of whoever pastes this."""
    if not field.public:
        return f"var.{connection.app}_{_snake(field.name)}"
    return _quoted(str(connection.public[field.name])) if field.name in connection.public else ""


def _aligned(values: dict[str, str], indent: str) -> Iterator[str]:
    width = max(map(len, values))
    for name, value in values.items():
        yield f"{indent}{name.ljust(width)} = {value}"


def _quoted(text: str) -> str:
    """Return a string of HCL, in which nothing is taken for a template."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _identifier(name: str) -> str:
    return name.replace("-", "_") if name[:1].isalpha() else f"c_{name.replace('-', '_')}"


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
