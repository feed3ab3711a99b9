"""A process that asks for fresh tokens; it can be stopped at a given line. Started by `processes.py`.

It prints a JSON value a line: "ready", where it has stopped, and at last what each caller got; each time it goes on
when told to by a line of its own. Only the time at which a line runs is changed here, never what it does.
"""

import json
import sys
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import django
from django.conf import settings

django.setup()

from django.db import connections  # noqa: E402  # Django is set up first

from connections import claims, refreshing, tokens  # noqa: E402
from connections.errors import TokenUnavailable  # noqa: E402
from connections.providers import oauth2  # noqa: E402
from wire.errors import WireError  # noqa: E402

# Where a process may stop: the function, and whether before it runs or after.
LINES: dict[str, tuple[Any, str, bool]] = {
    "claimed": (claims, "note_start", True),
    "start noted": (oauth2, "refresh", True),
    "answered": (refreshing, "_store", True),
    "stored, not committed": (refreshing, "record", False),
    "committed": (refreshing, "_store", False),
}


def say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def stop_at(line: str) -> None:
    module, name, before = LINES[line]
    function: Callable[..., Any] = getattr(module, name)

    def stopping(*args: Any, **kwargs: Any) -> Any:
        if before:
            stop(line)
            return function(*args, **kwargs)
        result = function(*args, **kwargs)
        stop(line)
        return result

    setattr(module, name, stopping)


def stop(line: str) -> None:
    say(line)
    sys.stdin.readline()


def ask(connection_id: uuid.UUID, patience: float) -> dict[str, Any]:
    try:
        return {"token": tokens.fresh(connection_id, patience=patience).credentials["accessToken"]}
    except TokenUnavailable as error:
        return {"error": type(error).__name__, "message": error.message, "retry_after": error.retry_after}
    except WireError as error:
        return {"error": type(error).__name__, "message": error.message}
    finally:
        connections.close_all()


def main(task: dict[str, Any]) -> None:
    if task["lease"]:
        claims.LEASE = timedelta(seconds=task["lease"])
    if task["busy_timeout"] and "timeout" in settings.DATABASES["default"]["OPTIONS"]:
        settings.DATABASES["default"]["OPTIONS"]["timeout"] = task["busy_timeout"]
    if task["stop_at"]:
        stop_at(task["stop_at"])
    asked = [uuid.UUID(connection_id) for connection_id in task["connections"]] * task["callers"]
    stop("ready")
    with ThreadPoolExecutor(max_workers=len(asked)) as pool:
        say(list(pool.map(lambda connection_id: ask(connection_id, task["patience"]), asked)))
    sys.stdin.readline()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
