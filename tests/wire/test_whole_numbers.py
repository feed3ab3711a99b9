"""A whole number lies between its bounds, however many digits it has, and is no fraction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.fields import faults, read
from wire.fields import Whole


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (9, 9), (3.0, 3), (-0.0, 0)])
def test_a_whole_number_may_be_written_as_a_fraction_of_nothing(value: float, expected: int) -> None:
    kept = read(Whole(least=0, most=9), value)
    assert (kept, type(kept)) == (expected, int)


@pytest.mark.parametrize("value", [0.5, 1e-9, float("inf"), float("-inf"), float("nan")])
def test_a_fraction_is_no_whole_number(value: float) -> None:
    message = "Expected number, received float"
    assert faults(Whole(least=0, most=9), value) == [("invalid_type", ["field"], message)]


@given(st.integers())
def test_a_whole_number_lies_between_its_bounds(number: int) -> None:
    field = Whole(least=-5, most=9)
    if -5 <= number <= 9:
        assert read(field, number) == number
    elif number < -5:
        message = "Number must be greater than or equal to -5"
        assert faults(field, number) == [("too_small", ["field"], message)]
    else:
        assert faults(field, number) == [("too_big", ["field"], "Number must be less than or equal to 9")]


def test_a_number_of_a_thousand_digits_is_merely_too_big() -> None:
    ((code, _, message),) = faults(Whole(least=0, most=9), 10**1_000)
    assert (code, message) == ("too_big", "Number must be less than or equal to 9")
