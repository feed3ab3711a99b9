"""Which names a connection may have: exactly those that are their own slug."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.serializers import ValidationError

from connections.api.serializers import Name

RULE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NEAR_MISSES = st.text(alphabet="ab09-_. AÄ\n\u0130\u0000", max_size=70)
SLUGS = st.from_regex(RULE, fullmatch=True)


def accepted(text: str) -> str | None:
    """Return the name as it is kept, or None when it is refused."""
    try:
        return str(Name().run_validation(text))
    except ValidationError:
        return None


@given(text=st.text() | NEAR_MISSES | SLUGS)
def test_a_name_is_kept_trimmed_or_refused(text: str) -> None:
    trimmed = text.strip()
    good = RULE.fullmatch(trimmed) is not None and len(trimmed) <= 64
    assert accepted(text) == (trimmed if good else None)


@given(text=SLUGS.filter(lambda slug: len(slug) <= 64))
def test_every_slug_is_a_name(text: str) -> None:
    assert accepted(text) == text


@pytest.mark.parametrize(("length", "kept"), [(1, True), (64, True), (65, False)])
def test_a_name_has_at_most_64_characters(length: int, kept: bool) -> None:
    assert (accepted("a" * length) is not None) is kept
