"""An array is measured as a whole, and its faults name the index."""

import pytest

from tests.wire.fields import VALUES, faults, read
from wire.fields import Text, listed


@pytest.mark.parametrize("received", [name for name in VALUES if name != "array"])
def test_what_is_no_array_is_called_by_its_name(received: str) -> None:
    message = f"Expected array, received {received}"
    assert faults(listed(Text()), VALUES[received]) == [("invalid_type", ["field"], message)]


def test_the_faults_of_an_array_name_the_index() -> None:
    assert faults(listed(Text()), ["a", 7, None]) == [
        ("invalid_type", ["field", 1], "Expected string, received number"),
        ("invalid_type", ["field", 2], "Expected string, received null"),
    ]


def test_an_array_may_be_empty_unless_it_may_not() -> None:
    assert read(listed(Text()), []) == []
    message = "Array must contain at least 1 element(s)"
    assert faults(listed(Text(), least=1), []) == [("too_small", ["field"], message)]


def test_an_array_may_be_bounded() -> None:
    assert read(listed(Text(), max_length=2), ["a", "b"]) == ["a", "b"]
    message = "Array must contain at most 2 element(s)"
    assert faults(listed(Text(), max_length=2), ["a", "b", "c"]) == [("too_big", ["field"], message)]
