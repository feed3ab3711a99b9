"""Every event can be read by people."""

from audit.actors import ActorType
from audit.events import Event
from audit.words import ACTORS, GROUPS, WORDS, words_of


def test_every_event_has_words_of_its_own_in_one_group() -> None:
    listed = [event for group in GROUPS.values() for event in group]
    assert sorted(listed) == sorted(Event)
    assert len(set(WORDS.values())) == len(Event)


def test_every_kind_of_actor_has_a_name() -> None:
    assert set(ACTORS) == set(ActorType)


def test_an_event_of_another_release_is_read_by_its_name() -> None:
    assert words_of("do-something-new") == "Do something new"
