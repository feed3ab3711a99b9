"""A provider of the sandbox as a command: its common options, and serving until a signal arrives."""

import argparse
import signal
import threading
from collections.abc import Iterable
from pathlib import Path

from sandbox.loopback import Loopback


def parser(name: str, description: str | None, port: int) -> argparse.ArgumentParser:
    """The options that every provider has; `port` is the one it takes by default."""
    options = argparse.ArgumentParser(prog=f"python -m sandbox.{name}", description=description)
    options.add_argument("--port", type=int, default=port, help=f"0 takes a free one (default: {port})")
    options.add_argument("--tls", action="store_true", help="serve https, with a certificate of a private CA")
    options.add_argument("--ca-file", type=Path, help="write the private CA's certificate here")
    return options


def serve(sandbox: Loopback, announcement: Iterable[str], ca_file: Path | None) -> None:
    """Say what there is, and serve until SIGTERM or SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    if ca_file and sandbox.ca_pem:
        ca_file.write_bytes(sandbox.ca_pem)
    print("\n".join(announcement), flush=True)
    stopping.wait()
