"""Where a list of connections leads to. It has hundreds of links: they are put together, not each resolved anew."""

import uuid
from urllib.parse import urlencode

from django.urls import reverse


def page_of(connection_id: uuid.UUID) -> str:
    """Return the page of a connection. Those to edit, give credentials and delete are below it, by these names."""
    return f"{reverse('connections:home')}/{connection_id}"


def new(project_id: uuid.UUID | None) -> str:
    """Return the page that adds a connection; to a project if one is named, and from there back to its list."""
    page = reverse("connections:new")
    if project_id is None:
        return page
    back = reverse("connections:project-home", args=[project_id])
    return f"{page}?{urlencode({'project': project_id, 'next': back}, safe='/')}"


def reconnect(app: str, connection_id: uuid.UUID) -> str:
    """Return the page that asks for consent anew."""
    return f"{reverse('oauth:new', args=[app])}?{urlencode({'connection': connection_id})}"
