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

from bench import calls, databases
from bench.calls import Call, Seeded
from bench.measure import Result, result, rounds
from bench.options import Options
from bench.server import ROOT, Memory, Server
from sandbox.gitlab import Sandbox


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured on one database. Start times in seconds, on an empty database and on the full one."""

    database: str
    first_start: float
    second_start: float
    rows: dict[str, Result]
    queries: dict[str, int]
    memory: list[Memory]


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
    """Start, fill, start again, load, count."""
    with prepared(kind) as (folder, settings), sandbox() as gitlab:
        server = Server(settings, folder)
        try:
            first_start = server.start()
            server.stop()
            progress(f"{databases.TITLES[kind]}: storing {options.connections} connections")
            seeded = seed(settings, options)
            second_start = server.start()
            rows = wanted(seeded, gitlab, options)
            seen = rounds(
                server,
                calls.yardsticks(seeded),
                rows,
                count=options.rounds,
                seconds=options.seconds,
                progress=progress,
            )
            memory = server.memory()
        finally:
            server.stop()
        queries = json.loads(inside(settings, "queries", given=calls.to_json(rows)))
    results = {name: result(each) for name, each in seen.items()}
    return Report(kind, first_start, second_start, results, queries, memory)


def profile(kind: str, options: Options) -> str:
    """Return where the time of one row goes."""
    with prepared(kind) as (_, settings), sandbox() as gitlab:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=settings, check=True)
        rows = calls.to_json(calls.rows(seed(settings, options), gitlab))
        return inside({**settings, "LOG_LEVEL": "WARNING"}, "profile", str(options.profile), given=rows)


@contextmanager
def sandbox() -> Iterator[calls.GitLab]:
    with Sandbox() as running:
        yield calls.GitLab(running.url, running.personal_token("ann").value)


def wanted(seeded: Seeded, gitlab: calls.GitLab, options: Options) -> dict[str, Call]:
    rows = calls.rows(seeded, gitlab)
    return {name: rows[name] for name in options.rows}


def seed(settings: Mapping[str, str], options: Options) -> Seeded:
    return Seeded(**json.loads(inside(settings, "seed", str(options.connections))))


def inside(settings: Mapping[str, str], command: str, *arguments: str, given: str = "") -> str:
    """Run a command of `bench.inside` with the server's settings; returns what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.inside", command, *arguments],
        cwd=ROOT,
        env=settings,
        input=given,
        text=True,
        check=True,
        capture_output=True,
    )
    return done.stdout
