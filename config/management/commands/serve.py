"""`manage.py serve`: everything between an empty database and a listening server. `make run` calls it."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

# REST framework's own pages and the second of two API document viewers are not served.
# What a long answer once needed is to go back to the system.
MEMORY = {
    "MALLOC_ARENA_MAX": "2",  # glibc gives each thread an arena of its own, which keeps it
    "MALLOC_MMAP_THRESHOLD_": "262144",  # what is larger goes back at once
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0",  # the same for Granian's own allocator
}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
UNUSED_STATIC_FILES = ["rest_framework", "redoc"]


class Command(BaseCommand):
    help = "Check the settings and keys, migrate, collect static files, and serve with Granian."

    requires_system_checks: list[str] = []  # done below, the database's included

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        if settings.DEBUG and settings.HOST not in LOOPBACK:
            raise CommandError(f"DEBUG shows settings to whoever causes an error: not on HOST={settings.HOST}.")
        metrics = settings.DATA_DIR / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True)
        self.check(databases=["default"])
        call_command("migrate", interactive=False, verbosity=0)
        collect_static_files()
        self.stdout.write(
            f"App Connections serves at {settings.SITE_URL} - API documents: {settings.SITE_URL}/api/docs - "
            "first steps: README.md, A tour"
        )
        self.stdout.flush()
        if settings.RUN_WORKER:
            start_worker()
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
        for name, value in MEMORY.items():
            os.environ.setdefault(name, value)
        os.execv(sys.executable, granian_command())  # noqa: S606  # our own interpreter, our own arguments


def start_worker() -> None:
    """Start the worker beside the server; it ends when this process, which becomes the server, has ended."""
    subprocess.Popen(  # noqa: S603  # our own interpreter, our own arguments
        [sys.executable, "manage.py", "run_worker", f"--parent={os.getpid()}"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
    )


def collect_static_files() -> None:
    """Collect static files, unless those at hand are the ones collected last: compressing them takes a second."""
    found = [
        (path, Path(storage.path(path)).stat().st_mtime_ns)
        for finder in get_finders()
        for path, storage in finder.list(UNUSED_STATIC_FILES)
    ]
    mark = Path(settings.DATA_DIR) / "static.collected"
    fingerprint = hashlib.sha256(repr(sorted(found)).encode()).hexdigest()
    if mark.exists() and mark.read_text() == fingerprint and Path(settings.STATIC_ROOT).exists():
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED_STATIC_FILES)
    mark.write_text(fingerprint)


def granian_command() -> list[str]:
    """Return the command line of the server."""
    return [
        sys.executable,
        "-m",
        "config.server",
        "--interface=wsgi",
        f"--host={settings.HOST}",
        f"--port={settings.PORT}",
        f"--workers={settings.WORKERS}",
        f"--blocking-threads={settings.THREADS}",
        "--respawn-failed-workers",
        "--workers-kill-timeout=10",
        "--no-ws",
        "--http1-buffer-size=65536",
        "--log-level=error",
        "config.wsgi:application",
    ]
