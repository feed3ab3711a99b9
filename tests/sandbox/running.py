"""A provider of the sandbox as a command, and told what to do over HTTP."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[2]


@contextmanager
def running(name: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command of the provider `name`, and the address that its first line names."""
    command = [sys.executable, "-m", f"sandbox.{name.lower()}", "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            ready = process.stdout.readline()
            assert ready.startswith(f"{name} sandbox ready on ")
            yield process, ready.split()[-1]
        finally:
            process.kill()


def told(http: requests.Session, url: str) -> Callable[..., Any]:
    """A function that calls a method of the provider at `url`, and returns what is answered."""

    def call(method: str, **arguments: object) -> Any:
        return http.post(f"{url}/-/sandbox/{method}", json=arguments, timeout=5).json()

    return call
