"""A body's faults are reported all at once, each under its own path."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from tests.wire.fields import check
from wire.errors import Invalid
from wire.fields import Flag, Text, WebAddress, json_type
from wire.validation import validated


def test_every_fault_of_a_body_is_reported_at_once_and_in_order() -> None:
    class Inner(serializers.Serializer[Any]):
        url = WebAddress(invalid="Invalid URL")

    class Shape(serializers.Serializer[Any]):
        name = Text(min_length=1)
        inner = Inner()
        on = Flag()

    with pytest.raises(Invalid) as caught:
        validated(Shape, {"name": "", "inner": {"url": "x"}, "unknown": 1})
    assert [(issue["path"], issue["code"]) for issue in caught.value.issues] == [
        (["name"], "too_small"),
        (["inner", "url"], "invalid_string"),
        (["on"], "invalid_type"),
    ]


def test_unknown_keys_are_ignored() -> None:
    assert check(Text(), {"field": "a", "App": "gitlab", "ID": 1}) == "a"


@given(st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()))
def test_a_body_that_is_no_object_has_one_fault_at_its_root(body: Any) -> None:
    with pytest.raises(Invalid) as caught:
        check(Text(), body)
    (issue,) = caught.value.issues
    assert issue == {"code": "invalid_type", "path": [], "message": f"Expected object, received {json_type(body)}"}
