"""The product's code in processes of their own: commands of `inside`, with the server's settings."""

import subprocess
import sys
from collections.abc import Mapping

from bench.server import ROOT

INSIDE = (sys.executable, "-m", "bench.inside")


def inside(settings: Mapping[str, str], command: str, *arguments: str, given: str = "") -> str:
    """Run a command of `bench.inside`; returns what it prints."""
    done = subprocess.run(
        [*INSIDE, command, *arguments],
        cwd=ROOT,
        env=settings,
        input=given,
        text=True,
        check=True,
        capture_output=True,
    )
    return done.stdout
