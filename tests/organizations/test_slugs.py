"""A slug made of any name is one that the contract takes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from organizations.api.serializers import Slug
from organizations.services import slugified, unique_slug

FORM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@given(st.text())
def test_a_slug_has_lower_case_letters_digits_and_single_hyphens(name: str) -> None:
    assert slugified(name) == "" or FORM.fullmatch(slugified(name))


@given(st.text())
def test_a_slug_of_a_slug_is_the_same(name: str) -> None:
    assert slugified(slugified(name)) == slugified(name)


@given(st.from_regex(FORM, fullmatch=True))
def test_a_slug_stays_as_it_is(slug: str) -> None:
    assert slugified(slug) == slug


@given(st.text())
@example("a" * 49 + " b")
@example("a" * 500)
def test_a_made_slug_is_one_that_could_have_been_chosen(name: str) -> None:
    made = unique_slug(name)
    assert Slug(min_length=5).run_validation(made) == made
    assert FORM.fullmatch(made)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Platform", "platform"),
        ("  Ärger & Söhne (Köln) ", "arger-sohne-koln"),
        ("ﬁne ①", "fine-1"),
        ("日本", ""),
        ("", ""),
        ("---", ""),
        ("a__b", "a-b"),
        ("İstanbul", "istanbul"),
    ],
)
def test_some_names(name: str, slug: str) -> None:
    assert slugified(name) == slug


def test_two_slugs_of_one_name_differ() -> None:
    assert len({unique_slug("Platform") for _ in range(20)}) > 15


def test_a_name_without_letters_gets_a_slug_all_the_same() -> None:
    assert unique_slug("日本").startswith("unnamed-")
