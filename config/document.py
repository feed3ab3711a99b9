"""The OpenAPI document, made once for each process, and the page that shows it."""

from functools import cache

import orjson
from django.http import HttpResponse
from django.template.loader import render_to_string
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from wire.views import PublicViewSet


@cache
def document() -> bytes:
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    return orjson.dumps(generator.get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


class DocumentViewSet(PublicViewSet):
    """GET /api/schema: the OpenAPI 3 document of the whole API."""

    @extend_schema(exclude=True)
    def retrieve(self, request: Request) -> HttpResponse:  # noqa: ARG002
        return HttpResponse(document(), content_type="application/json")

    @extend_schema(exclude=True)
    def page(self, request: Request) -> HttpResponse:  # noqa: ARG002
        return HttpResponse(render_to_string("api_documents.html"))
