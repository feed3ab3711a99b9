"""What the numbers were measured on."""

import os
import platform
import shlex
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import databases, load
from bench.calls import CLIENTS
from bench.server import CORES

PACKAGES = ("django", "djangorestframework", "granian", "psycopg")


def describe(kinds: tuple[str, ...]) -> dict[str, str]:
    """Return the facts of this run, by name."""
    cores = len(os.sched_getaffinity(0))
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": shlex.join(["python", "-m", "bench", *sys.argv[1:]]),
        "machine": f"{processor()}, {cores} cores, the server on {min(cores, CORES)} of them",
        "busy": f"load average {os.getloadavg()[0]:.1f} before the run",
        "versions": ", ".join(versions(kinds)),
        "load": f"{load.generator()}, {CLIENTS} connections",
    }


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [text.partition(":")[2].strip() for text in lines if text.startswith("model name")]
    return names[0] if names else platform.machine()


def versions(kinds: tuple[str, ...]) -> list[str]:
    return [
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in PACKAGES),
        *(databases.version(kind) for kind in kinds),
    ]
