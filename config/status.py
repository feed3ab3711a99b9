"""Is the service up? Both answers touch the database, and neither needs a token."""

from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from wire.errors import Unavailable
from wire.schema import operation
from wire.views import PublicViewSet


class HealthShape(serializers.Serializer[Any]):
    status = serializers.CharField()


class StatusShape(serializers.Serializer[Any]):
    message = serializers.CharField()
    date = serializers.DateTimeField()
    version = serializers.CharField()


def require_database() -> None:
    """Ask the database for anything; raises Unavailable."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        raise Unavailable("The database does not answer", retry_after=5) from None


class StatusViewSet(PublicViewSet):
    """200 while the database answers, else the 503 of every other call."""

    @operation("Is the database reachable?", ["Status"], HealthShape, public=True)
    def healthcheck(self, request: Request) -> Response:  # noqa: ARG002
        require_database()
        return Response({"status": "ok"})

    @operation("The same with version and time", ["Status"], StatusShape, public=True)
    def status(self, request: Request) -> Response:  # noqa: ARG002
        require_database()
        return Response({"message": "Ok", "date": timezone.now(), "version": settings.VERSION})
