"""`python -m sandbox.gitlab`: the sandbox as a command, with the world of `seed.py`."""

import argparse
from collections.abc import Iterator

from sandbox import command
from sandbox.gitlab import seed
from sandbox.gitlab.sandbox import Sandbox
from sandbox.gitlab.shapes import VERSIONS


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = command.parser("gitlab", __doc__, port=3081)
    parser.add_argument("--relative-url-root", default="", help="serve below this path, for example /gitlab")
    parser.add_argument("--version", choices=list(VERSIONS), default="19.1", help="the GitLab to be like")
    parser.add_argument("--project-count", type=int, default=0, help="add so many projects to the group `many`")
    return parser.parse_args(argv)


def main() -> None:
    args = parse()
    with Sandbox(
        port=args.port, tls=args.tls, relative_url_root=args.relative_url_root, version=args.version
    ) as gitlab:
        seed.seed_demo(gitlab, args.project_count)
        command.serve(gitlab, announcement(gitlab), args.ca_file)


def announcement(gitlab: Sandbox) -> Iterator[str]:
    yield f"GitLab sandbox ready on {gitlab.url}"
    for value, meaning in seed.TOKENS.items():
        yield f"  {value:20} {meaning}"
    yield f"  {seed.CLIENT_ID:20} OAuth application, secret {seed.CLIENT_SECRET}"


if __name__ == "__main__":
    main()
