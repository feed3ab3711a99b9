"""`python -m sandbox.gitlab`: the sandbox as a command, with the world of `seed.py`."""

import argparse
import signal
import threading
from pathlib import Path

from sandbox.gitlab import seed
from sandbox.gitlab.sandbox import Sandbox
from sandbox.gitlab.shapes import VERSIONS


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.gitlab", description=__doc__)
    parser.add_argument("--port", type=int, default=3081, help="0 takes a free one (default: 3081)")
    parser.add_argument("--tls", action="store_true", help="serve https, with a certificate of a private CA")
    parser.add_argument("--ca-file", type=Path, help="write the private CA's certificate here")
    parser.add_argument("--relative-url-root", default="", help="serve below this path, for example /gitlab")
    parser.add_argument("--version", choices=list(VERSIONS), default="19.1", help="the GitLab to be like")
    parser.add_argument("--project-count", type=int, default=0, help="add so many projects to the group `many`")
    return parser.parse_args(argv)


def main() -> None:
    args = parse()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with Sandbox(
        port=args.port, tls=args.tls, relative_url_root=args.relative_url_root, version=args.version
    ) as gitlab:
        seed.seed_demo(gitlab, args.project_count)
        if args.ca_file and gitlab.ca_pem:
            args.ca_file.write_bytes(gitlab.ca_pem)
        announce(gitlab)
        stopping.wait()


def announce(gitlab: Sandbox) -> None:
    print(f"GitLab sandbox ready on {gitlab.url}")
    for value, meaning in seed.TOKENS.items():
        print(f"  {value:20} {meaning}")
    print(f"  {seed.CLIENT_ID:20} OAuth application, secret {seed.CLIENT_SECRET}", flush=True)


if __name__ == "__main__":
    main()
