"""The command line."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from bench.calls import IN_PROJECT, ROWS, SERVED


@dataclass(frozen=True, slots=True)
class Options:
    databases: tuple[str, ...]
    rows: tuple[str, ...]
    seconds: int
    rounds: int
    connections: int
    due: int
    json: Path | None
    profile: str | None


def parse(arguments: list[str] | None = None) -> Options:
    given = parser().parse_args(arguments)
    return Options(
        databases=("postgresql", "sqlite") if given.database == "both" else (given.database,),
        rows=given.rows,
        seconds=given.seconds,
        rounds=given.rounds,
        connections=given.connections,
        due=given.due,
        json=given.json,
        profile=given.profile,
    )


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench", description="Measure speed, memory and start time.")
    made.add_argument("--database", choices=["postgresql", "sqlite", "both"], default="both")
    made.add_argument("--rows", type=row_names, default=ROWS, help=f"some of {','.join(ROWS)} (default: all)")
    made.add_argument("--seconds", type=positive, default=5, help="of each load (default: 5)")
    made.add_argument("--rounds", type=positive, default=3, help="of which the median counts (default: 3)")
    made.add_argument("--connections", type=list_length, default=10_000, help="in the longest list")
    made.add_argument("--due", type=positive, default=1000, help="tokens in the refresh storm (default: 1000)")
    made.add_argument("--json", type=Path, metavar="FILE", help="write the results here too")
    made.add_argument("--profile", choices=SERVED, help="show where the time of one row goes, and measure nothing")
    return made


def row_names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    unknown = set(names) - set(ROWS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    return names


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def list_length(text: str) -> int:
    number = positive(text)
    if number <= IN_PROJECT:
        raise argparse.ArgumentTypeError(f"must be more than the {IN_PROJECT} of the shorter list")
    return number
