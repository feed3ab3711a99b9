"""The results of the rows about tokens as Markdown."""

from collections.abc import Iterator, Sequence

from bench.crowd import Crowd
from bench.storm import Storm
from bench.tokens import Fresh, Tokens

FRESH_HEAD = ("in one process, one thread", "calls/s", "of the one-query call", "queries", "one-query call/s")
STORM_HEAD = ("refresh storm", "seconds until all are fresh", "refreshes/s", "token requests", "peak MiB", "errors")
CROWD_HEAD = ("one expired connection", "seconds until the last has the token", "token requests", "errors")


def tables(tokens: Tokens) -> Iterator[str]:
    """Yield the lines of a table for each row that was measured, an empty line before each."""
    if tokens.fresh:
        yield from table(FRESH_HEAD, [fresh(tokens.fresh)])
    if tokens.storms:
        yield from table(STORM_HEAD, [storm(each) for each in tokens.storms])
    if tokens.crowd:
        yield from table(CROWD_HEAD, [crowd(tokens.crowd)])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield line(head)
    yield line(["---", *["---:"] * (len(head) - 1)])
    yield from map(line, rows)


def line(parts: Sequence[str]) -> str:
    return f"| {' | '.join(parts)} |"


def fresh(found: Fresh) -> list[str]:
    rates = [f"{found.rate:,.0f}", f"{found.share:.1%}"]
    return ["token needed and fresh", *rates, str(found.queries), f"{found.one_query_rate:,.0f}"]


def storm(found: Storm) -> list[str]:
    return [
        f"{found.due:,} due, {found.workers} {'worker' if found.workers == 1 else 'workers'}",
        f"{found.seconds:.1f}",
        f"{found.rate:.0f}",
        f"{found.requests:,}",
        " and ".join(f"{peak:.0f}" for peak in found.memory),
        errors(found.errors),
    ]


def crowd(found: Crowd) -> list[str]:
    asking = f"{found.callers} callers at once in {found.processes} processes"
    return [asking, f"{found.seconds:.2f}", str(found.requests), errors(found.errors)]


def errors(count: int) -> str:
    return f"**{count} FAILED**" if count else "0"
