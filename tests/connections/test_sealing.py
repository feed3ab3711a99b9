"""What is sealed opens in its place, with its key, and nowhere else."""

import base64
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections import vault
from connections.errors import Unsealable
from connections.vault import Key, Place

KEY = Key("k1", bytes(range(32)))
OTHER = Key("k2", bytes(range(1, 33)))
PLACE = Place(uuid.uuid4(), uuid.uuid4(), "credentials")


@given(plaintext=st.binary(max_size=4096))
def test_what_is_sealed_opens(plaintext: bytes) -> None:
    assert vault.open_sealed([OTHER, KEY], vault.seal(KEY, plaintext, PLACE), PLACE) == plaintext


@given(plaintext=st.binary(min_size=8, max_size=256))
def test_a_sealed_value_shows_nothing_of_the_plaintext_and_never_repeats(plaintext: bytes) -> None:
    first, second = vault.seal(KEY, plaintext, PLACE), vault.seal(KEY, plaintext, PLACE)
    assert first != second
    assert plaintext not in base64.urlsafe_b64decode(first.split(".")[2])


@pytest.mark.parametrize(
    "place",
    [
        Place(uuid.uuid4(), PLACE.owner_id, PLACE.purpose),
        Place(PLACE.organization_id, uuid.uuid4(), PLACE.purpose),
        Place(PLACE.organization_id, PLACE.owner_id, "something else"),
    ],
    ids=["another organization", "another row", "another purpose"],
)
def test_a_value_copied_to_another_place_does_not_open(place: Place) -> None:
    with pytest.raises(Unsealable):
        vault.open_sealed([KEY], vault.seal(KEY, b"secret", PLACE), place)


def test_another_key_does_not_open_it_even_under_the_same_id() -> None:
    sealed = vault.seal(KEY, b"secret", PLACE)
    with pytest.raises(Unsealable):
        vault.open_sealed([OTHER], sealed, PLACE)
    with pytest.raises(Unsealable):
        vault.open_sealed([Key(KEY.id, OTHER.material)], sealed, PLACE)


@given(data=st.data())
def test_one_changed_character_is_noticed(data: st.DataObject) -> None:
    sealed = vault.seal(KEY, b"secret", PLACE)
    index = data.draw(st.integers(0, len(sealed) - 5))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != sealed[index]))
    with pytest.raises(Unsealable):
        vault.open_sealed([KEY], sealed[:index] + other + sealed[index + 1 :], PLACE)


@given(text=st.text())
def test_nonsense_fails_closed(text: str) -> None:
    with pytest.raises(Unsealable):
        vault.open_sealed([KEY], text, PLACE)


def test_a_key_does_not_print_itself() -> None:
    assert repr(KEY) == "Key(k1)"


@pytest.mark.parametrize("text", ["", "short", "A" * 43, base64.b64encode(bytes(16)).decode(), "ü" * 44])
def test_a_wrong_root_key_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="ENCRYPTION_KEY must be 32 random bytes"):
        vault._root_key("ENCRYPTION_KEY", text)
