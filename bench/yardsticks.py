"""What every row is measured beside: plain Django views behind the same middleware, without REST framework."""

import uuid

from django.http import HttpRequest, JsonResponse

from connections.models import AppConnection


def constant(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Answer a constant: what the server and the middleware cost."""
    return JsonResponse({"id": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "name": "constant", "version": 1})


def one_query(request: HttpRequest, connection_id: uuid.UUID) -> JsonResponse:  # noqa: ARG001
    """Answer a few fields of one row, found by primary key."""
    found = AppConnection.objects.get(pk=connection_id)
    return JsonResponse({"id": str(found.id), "name": found.name, "version": found.version})
