"""Each input field takes its own JSON type and no other, and calls any other by its name."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.fields import VALUES, Field, check, faults, read
from wire.errors import Invalid
from wire.fields import Flag, Moment, OneOf, Text, Uuid, WebAddress, Whole, json_type

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
FIELDS: list[tuple[type[Field], dict[str, Any], str]] = [
    (Text, {}, "string"),
    (Uuid, {}, "string"),
    (OneOf, {"choices": ("a", "b")}, "string"),
    (WebAddress, {"invalid": "Invalid URL"}, "string"),
    (Moment, {}, "string"),
    (Whole, {"least": 0, "most": 9}, "number"),
    (Flag, {}, "boolean"),
]


@pytest.mark.parametrize(("kind", "options", "expected"), FIELDS, ids=[row[0].__name__ for row in FIELDS])
def test_a_value_of_another_type_is_called_by_its_name(
    kind: type[Field], options: dict[str, Any], expected: str
) -> None:
    for received, value in VALUES.items():
        if received != expected:
            message = f"Expected {expected}, received {received}"
            assert faults(kind(**options), value) == [("invalid_type", ["field"], message)]


@pytest.mark.parametrize(("kind", "options", "expected"), FIELDS, ids=[row[0].__name__ for row in FIELDS])
def test_a_missing_value_is_required_unless_it_is_not(
    kind: type[Field], options: dict[str, Any], expected: str
) -> None:
    assert faults(kind(**options)) == [("invalid_type", ["field"], "Required")]
    assert check(kind(**options, required=False), {}) == "absent"
    assert read(kind(**options, allow_null=True), None) is None


@given(JSON)
def test_nothing_that_json_can_hold_breaks_a_field(value: Any) -> None:
    for kind, options, _ in FIELDS:
        try:
            read(kind(**options), value)
        except Invalid as invalid:
            json.dumps(invalid.message, ensure_ascii=False).encode()


@given(JSON)
def test_every_value_of_json_has_a_name_of_its_own(value: Any) -> None:
    names = {type(None): "null", bool: "boolean", str: "string", int: "number", float: "number"}
    assert json_type(value) == names.get(type(value), "array" if isinstance(value, list) else "object")
