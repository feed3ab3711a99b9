"""A choice is one of a few words, and a wrong word is answered briefly."""

import pytest

from tests.wire.fields import faults, read
from wire.fields import OneOf


def test_one_of_a_few_words() -> None:
    assert read(OneOf(("a", "b")), "a") == "a"
    message = "Invalid enum value. Expected 'a' | 'b', received 'c'"
    assert faults(OneOf(("a", "b")), "c") == [("invalid_enum_value", ["field"], message)]
    assert faults(OneOf(("a", "b")), "A")


@pytest.mark.parametrize("text", ["\ud800", "a" * 100_000, "\x00", "a' | 'b"], ids=lambda text: ascii(text)[:20])
def test_the_message_about_a_wrong_word_is_short_and_can_be_sent(text: str) -> None:
    ((code, _, message),) = faults(OneOf(("a", "b")), text)
    assert code == "invalid_enum_value"
    assert len(message.encode()) < 300
