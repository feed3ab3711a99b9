"""One database, from empty to measured."""

import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import calls, databases, tokens
from bench.calls import Call, Seeded
from bench.measure import Result, result, rounds
from bench.options import Options
from bench.product import inside
from bench.server import ROOT, Memory, Server
from bench.tokens import Tokens
from sandbox.gitlab import Sandbox


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured on one database. Start times in seconds, on an empty database and on the full one.

    `rows`, `queries` and `memory` are those of the rows that the server serves.
    """

    database: str
    first_start: float
    second_start: float
    rows: dict[str, Result]
    queries: dict[str, int]
    memory: list[Memory]
    tokens: Tokens


@contextmanager
def prepared(kind: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield a folder and an environment for the server, with an empty database; both end with the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="app-connections-bench-")))
        yield folder, environment(stack.enter_context(databases.temporary(kind, folder)), folder)


def environment(database_url: str, folder: Path) -> dict[str, str]:
    """Return the run's settings; what else the operator has set (THREADS, LOG_LEVEL) counts as in `make run`."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "BENCH_FOLDER": str(folder),
        "ENV_FILE": "",
        "DATABASE_URL": database_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "SITE_URL": "http://127.0.0.1",
        "RUN_WORKER": "false",
        "ALLOWED_INTERNAL_HOSTS": "127.0.0.1",
        "RATE_LIMIT_LOGIN": "0",
        "RATE_LIMIT_WRITE": "0",
    }


def measure(kind: str, options: Options, progress: Callable[[str], None]) -> Report:
    """Start, fill, start again, load, count; then what needs no server."""
    with prepared(kind) as (folder, settings), Sandbox() as gitlab:
        server = Server(settings, folder)
        try:
            first_start = server.start()
            server.stop()
            progress(f"{databases.TITLES[kind]}: storing {options.connections} connections")
            seeded = seed(settings, options)
            rows = wanted(seeded, gitlab, options)
            second_start = server.start()
            seen = load(server, calls.yardsticks(seeded), rows, options, progress) if rows else {}
            memory = server.memory() if rows else []
        finally:
            server.stop()
        queries = json.loads(inside(settings, "queries", given=calls.to_json(rows)))
        found = tokens.measure(settings, folder, gitlab, options, progress)
    return Report(kind, first_start, second_start, seen, queries, memory, found)


def load(
    server: Server,
    yardsticks: Mapping[str, Call],
    rows: Mapping[str, Call],
    options: Options,
    progress: Callable[[str], None],
) -> dict[str, Result]:
    seen = rounds(server, yardsticks, rows, count=options.rounds, seconds=options.seconds, progress=progress)
    return {name: result(each) for name, each in seen.items()}


def wanted(seeded: Seeded, gitlab: Sandbox, options: Options) -> dict[str, Call]:
    rows = calls.rows(seeded, token_at(gitlab))
    return {name: rows[name] for name in options.rows if name in rows}


def profile(kind: str, options: Options) -> str:
    """Return where the time of one row goes."""
    with prepared(kind) as (_, settings), Sandbox() as gitlab:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=settings, check=True)
        rows = calls.to_json(calls.rows(seed(settings, options), token_at(gitlab)))
        return inside({**settings, "LOG_LEVEL": "WARNING"}, "profile", str(options.profile), given=rows)


def token_at(gitlab: Sandbox) -> calls.GitLab:
    return calls.GitLab(gitlab.url, gitlab.personal_token("ann").value)


def seed(settings: Mapping[str, str], options: Options) -> Seeded:
    return Seeded(**json.loads(inside(settings, "seed", str(options.connections))))
