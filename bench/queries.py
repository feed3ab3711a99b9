"""How many queries a request costs, counted in the process that answers it."""

import json
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection as database
from django.test import Client

from bench.calls import UNIQUE, Call


def count(calls: dict[str, Call]) -> dict[str, int]:
    """Return the number of statements of each call, the second time it is made: a token's first use is noted.

    BEGIN and COMMIT do not count, nor what the audit log's own thread writes for many reads at once.
    """
    counts = {}
    for name, call in calls.items():
        send(call)
        counts[name] = counted(partial(send, call))
    return counts


def counted(call: Callable[[], object]) -> int:
    """Return how many statements a call sends to the database."""
    seen: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with database.execute_wrapper(note):
        call()
    return len(seen)


def send(call: Call) -> None:
    body = (call.body or "").replace(UNIQUE, uuid.uuid4().hex)
    answer = Client().generic(
        call.method, call.path, body, content_type="application/json", headers=call.headers, SERVER_NAME="127.0.0.1"
    )
    if answer.status_code != 200:
        raise RuntimeError(f"{call.method} {call.path} answered {answer.status_code}: {answer.content[:500]!r}")
    if not call.session:
        json.loads(answer.content)
