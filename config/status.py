"""Is the service up? Both answers touch the database, and neither needs a token."""

from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from wire.schema import operation
from wire.views import PublicViewSet


class HealthShape(serializers.Serializer[Any]):
    status = serializers.CharField()


class StatusShape(serializers.Serializer[Any]):
    message = serializers.CharField()
    date = serializers.DateTimeField()
    version = serializers.CharField()


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


class StatusViewSet(PublicViewSet):
    """200 while the database answers, else 503."""

    @operation("Is the database reachable?", ["Status"], HealthShape, public=True)
    def healthcheck(self, request: Request) -> Response:  # noqa: ARG002
        healthy = database_answers()
        answer = {"status": "ok" if healthy else "database unreachable"}
        return Response(answer, status=200 if healthy else 503)

    @operation("The same with version and time", ["Status"], StatusShape, public=True)
    def status(self, request: Request) -> Response:  # noqa: ARG002
        healthy = database_answers()
        answer = {
            "message": "Ok" if healthy else "The database does not answer",
            "date": timezone.now(),
            "version": settings.VERSION,
        }
        return Response(answer, status=200 if healthy else 503)
