"""What the OpenAPI document shows is what the API takes."""

from typing import Any

import pytest
from drf_spectacular.utils import OpenApiExample
from rest_framework.serializers import BaseSerializer

from identities.api import examples
from identities.api.bootstrap import Bootstrap
from identities.api.identities import CreateIdentity
from identities.api.login import IssuedShape, Login
from identities.api.memberships import AddMember
from identities.api.universal_auth import AttachUniversalAuth, CreateClientSecret
from tests.clients import anonymous
from wire.validation import validated

SHAPES: list[tuple[type[BaseSerializer[Any]], list[OpenApiExample]]] = [
    (Bootstrap, examples.BOOTSTRAP),
    (Login, examples.LOGIN[:1]),
    (CreateIdentity, examples.CREATE_IDENTITY),
    (AttachUniversalAuth, examples.ATTACH_UNIVERSAL_AUTH),
    (CreateClientSecret, examples.CREATE_CLIENT_SECRET),
    (AddMember, examples.ADD_MEMBER),
]


@pytest.mark.parametrize(("shape", "shown"), SHAPES)
def test_every_example_of_a_body_is_accepted(shape: type[BaseSerializer[Any]], shown: list[OpenApiExample]) -> None:
    for example in shown:
        validated(shape, example.value)


def test_the_example_of_an_answer_has_the_answers_keys() -> None:
    assert list(examples.LOGIN[1].value) == list(IssuedShape().fields)


def test_every_operation_says_what_it_takes_and_answers() -> None:
    document = anonymous().get("/api/schema").json()
    operations = [
        (method, path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if "/identit" in path or "/auth/" in path or "/bootstrap" in path
    ]
    assert len(operations) >= 40
    for method, path, described in operations:
        assert described["summary"], (method, path)
        assert described["tags"], (method, path)
        assert described["responses"]["200"]["content"], (method, path)
