"""`python -m sandbox.github`: the sandbox as a command, with the world of `seed.py`."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from sandbox import command
from sandbox.github import seed
from sandbox.github.sandbox import Sandbox


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = command.parser("github", __doc__, port=3082)
    parser.add_argument("--app-key-file", type=Path, help="write the private key of the GitHub App here")
    parser.add_argument("--external-url", help="the address that its answers name (default: that of the socket)")
    return parser.parse_args(argv)


def main() -> None:
    args = parse()
    with Sandbox(port=args.port, tls=args.tls, external_url=args.external_url) as github:
        seed.seed_demo(github)
        if args.app_key_file:
            args.app_key_file.write_text(github.find_app(seed.APP_CLIENT_ID).private_key)
        command.serve(github, announcement(github), args.ca_file)


def announcement(github: Sandbox) -> Iterator[str]:
    app = github.find_app(seed.APP_CLIENT_ID)
    installation = github.hub.installations.of(app)[0]
    yield f"GitHub sandbox ready on {github.url}"
    for value, meaning in seed.TOKENS.items():
        yield f"  {value:27} {meaning}"
    yield f"  {seed.CLIENT_ID:27} OAuth app, secret {seed.CLIENT_SECRET}"
    yield f"  {seed.APP_CLIENT_ID:27} GitHub App {app.slug}, id {app.id}, secret {seed.APP_CLIENT_SECRET}"
    yield f"  {installation.id:<27} its installation on {installation.account.login}"


if __name__ == "__main__":
    main()
