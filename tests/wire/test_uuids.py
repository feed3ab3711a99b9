"""A UUID has one spelling, and comes back in lower case."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.fields import faults, read
from wire.fields import Uuid


@given(st.uuids())
def test_a_uuid_is_returned_in_lower_case(value: uuid.UUID) -> None:
    assert read(Uuid(), str(value).upper()) == str(value)
    assert read(Uuid(), f"  {value} ") == str(value)


A_UUID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        A_UUID[:-1],
        A_UUID + "0",
        A_UUID.replace("-", ""),
        "{" + A_UUID + "}",
        "urn:uuid:" + A_UUID,
        A_UUID.replace("3", "٣"),
        A_UUID.replace("3", "g"),
        A_UUID + "\n0",
        "3c90c3cc-0d44-4b50-88888dd25736052a-",
    ],
    ids=ascii,
)
def test_another_spelling_is_no_uuid(text: str) -> None:
    assert faults(Uuid(), text) == [("invalid_string", ["field"], "Invalid uuid")]
