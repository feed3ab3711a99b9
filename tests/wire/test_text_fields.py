"""A text is trimmed before it is measured, and kept unless no database could store it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.fields import faults, read
from wire.fields import Text


def test_a_text_is_trimmed_and_may_be_empty() -> None:
    assert read(Text(), "  a b \n") == "a b"
    assert read(Text(), " \t ") == ""


def test_a_text_with_a_least_length_may_not_be_blank() -> None:
    for blank in ("", "   "):
        message = "String must contain at least 1 character(s)"
        assert faults(Text(min_length=1), blank) == [("too_small", ["field"], message)]


def test_the_length_of_a_text_is_counted_after_trimming() -> None:
    assert read(Text(max_length=3), "  abc  ") == "abc"
    assert read(Text(min_length=3), "  abc  ") == "abc"
    assert faults(Text(max_length=3), "abcd") == [
        ("too_big", ["field"], "String must contain at most 3 character(s)")
    ]
    assert faults(Text(min_length=3), "  ab  ") == [
        ("too_small", ["field"], "String must contain at least 3 character(s)")
    ]


def test_a_field_may_have_words_of_its_own() -> None:
    field = Text(max_length=3, words={"max_length": "Too long", "required": "Name it"})
    assert faults(field, "abcd") == [("too_big", ["field"], "Too long")]
    assert faults(Text(words={"required": "Name it"})) == [("invalid_type", ["field"], "Name it")]


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "\ud800", "a\udfffb"], ids=ascii)
def test_what_no_database_stores_is_refused(text: str) -> None:
    ((code, path, _),) = faults(Text(), text)
    assert (code, path) == ("custom", ["field"])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_every_other_text_is_kept(text: str) -> None:
    assert read(Text(trim_whitespace=False), text) == text
