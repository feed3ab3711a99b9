"""A flag is true or false and nothing like it, and what there is not can only be off or null."""

import uuid
from typing import Any

import pytest

from tests.wire.fields import check, faults, read
from wire.fields import Flag, NeverSet, NeverTrue, json_type


def test_a_flag_is_true_or_false() -> None:
    assert read(Flag(), True) is True
    assert read(Flag(), False) is False


@pytest.mark.parametrize("value", ["true", "on", "1", 1, 0, "", [], "null"])
def test_nothing_that_looks_like_a_flag_is_one(value: Any) -> None:
    ((code, _, message),) = faults(Flag(), value)
    assert (code, message) == ("invalid_type", f"Expected boolean, received {json_type(value)}")


@pytest.mark.parametrize("value", [True, 0, "", "false", [], 1])
def test_a_feature_that_there_is_not_can_only_be_off(value: Any) -> None:
    assert check(NeverTrue(words="No rotation"), {}) == "absent"
    assert read(NeverTrue(words="No rotation"), False) is False
    assert faults(NeverTrue(words="No rotation"), value) == [("invalid_literal", ["field"], "No rotation")]


@pytest.mark.parametrize("value", [True, False, 0, "", "null", [], {}, str(uuid.UUID(int=1))])
def test_a_value_that_there_is_not_can_only_be_null(value: Any) -> None:
    assert check(NeverSet(words="No gateways"), {}) == "absent"
    assert read(NeverSet(words="No gateways"), None) is None
    assert faults(NeverSet(words="No gateways"), value) == [("invalid_literal", ["field"], "No gateways")]
