"""What every view of the API does."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.request import Request

from wire.views import PublicViewSet


class Long(PublicViewSet):
    def list(self, request: Request) -> HttpResponse:
        return HttpResponse(b"long")


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_an_answer_is_gone_without_the_collector() -> None:
    answer = Long.as_view({"get": "list"})(RequestFactory().get("/"))
    assert answer.content == b"long"
    kept = weakref.ref(answer)
    del answer
    assert kept() is None
