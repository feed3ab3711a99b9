"""A failed login tells nobody whether the client id exists."""

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from identities import keys
from identities.models import LoginFailure
from identities.services import lockout, login
from tests.clients import Api
from tests.clients import login as log_in
from tests.identities.requests import UNKNOWN, machine, same_refusal

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

VALUES = re.compile(r"""'[^']*'(::[a-z]+)?|"s[0-9_x]+"|\b\d+\b|\bNULL\b""")
pytestmark = pytest.mark.django_db


def attempts(client_id: str, times: int) -> "list[Response]":
    return [log_in(client_id, "f" * 64) for _ in range(times)]


@pytest.mark.parametrize("unknown", [UNKNOWN, "not-a-uuid", "{" + UNKNOWN + "}"])
def test_unknown_and_wrong_get_the_same_answers_from_the_first_to_the_lockout(admin: Api, unknown: str) -> None:
    known = attempts(machine(admin).client_id, 5)
    nobody = attempts(unknown, 5)
    assert [same_refusal(answer) for answer in known] == [same_refusal(answer) for answer in nobody]
    assert [len(answer.content) for answer in known] == [len(answer.content) for answer in nobody]
    assert [sorted(answer.headers) for answer in known] == [sorted(answer.headers) for answer in nobody]
    messages = [answer.json()["message"] for answer in nobody]
    locked = "This identity auth method is temporarily locked, please try again later"
    assert messages == ["Invalid credentials"] * 3 + [locked] * 2


def shapes_of_queries(client_id: str) -> list[str]:
    """Return the statements of one failed login, without their values."""
    with CaptureQueriesContext(connection) as queries:
        attempts(client_id, 1)
    return [VALUES.sub("?", query["sql"]) for query in queries]


def test_unknown_and_wrong_cost_the_same_queries(admin: Api) -> None:
    known = machine(admin).client_id
    assert shapes_of_queries(known) == shapes_of_queries(UNKNOWN)


def test_unknown_and_wrong_cost_the_same_digests(admin: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[int, str]] = []

    def counting(text: str, purpose: keys.Purpose) -> list[str]:
        done.append((len(text), purpose))
        return keys.digests(text, purpose)

    monkeypatch.setattr(login, "digests", counting)
    monkeypatch.setattr(lockout, "digests", counting)
    attempts(machine(admin).client_id, 1)
    known, done[:] = list(done), []
    attempts(UNKNOWN, 1)
    assert known == done


def test_failures_are_kept_under_a_digest_of_the_client_id() -> None:
    attempts(UNKNOWN, 1)
    assert UNKNOWN not in LoginFailure.objects.get().key


def test_what_was_sent_as_client_id_is_not_recorded() -> None:
    log_in("a secret in the wrong field", "x")
    assert "a secret" not in str(AuditEvent.objects.get().metadata)
