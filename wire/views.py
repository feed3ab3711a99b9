"""The base of every API view: authentication first, then rate limits, then the shape of the input."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ViewSet

from wire.errors import NotFound
from wire.limits import Limit, Usage, count
from wire.origin import neighbourhood, origin_of
from wire.validation import validated

WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class ApiViewSet(ViewSet):
    """A view set whose writes are counted against the caller's rate limit."""

    limit: ClassVar[Limit | None] = None
    usage: Usage | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and let go of the answer: a view and its request hold each other until the collector comes by.

        A collector that counts objects comes late for answers that are few and megabytes long.
        """
        answer = super().dispatch(request, *args, **kwargs)
        del self.response
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # No id and no slug holds one, and PostgreSQL takes no text that does.
        if any("\x00" in part for part in kwargs.values()):
            raise NotFound

    def check_throttles(self, request: Request) -> None:
        """Count the request; raises RateLimited. Called after authentication, before the body is read."""
        limit = self.limit or (Limit.WRITE if request.method in WRITES else None)
        if limit:
            self.usage = count(limit, neighbourhood(origin_of(request).ip))
            if self.usage:
                self.usage.check()

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if self.usage:
            for name, value in self.usage.headers().items():
                answer.headers[name] = value
        return answer

    def body(self, request: Request, serializer: type[BaseSerializer[Any]], **context: Any) -> dict[str, Any]:
        """Return the validated body; raises Invalid."""
        return validated(serializer, request.data, **context)

    def query(self, request: Request, serializer: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """Return the validated query; of a repeated parameter the last counts. Raises Invalid."""
        return validated(serializer, request.query_params.dict())


class PublicViewSet(ApiViewSet):
    """A view set that needs no token, and reads none."""

    authentication_classes = ()
    permission_classes = ()
