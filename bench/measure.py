"""Rounds of load: each row right after fresh yardsticks, and the medians of what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from bench.calls import Call
from bench.load import Load, put
from bench.server import Server

WARM_UP_SECONDS = 1
# Sixteen of the longest list, answered side by side, need longer than others until the first is done.
TIMES_LONGER = {"list10000": 4}


@dataclass(frozen=True, slots=True)
class Seen:
    """One load, and the processor time of the workers for each answer in milliseconds."""

    load: Load
    cpu: float


@dataclass(frozen=True, slots=True)
class Round:
    """One row beside the yardsticks of the same moment."""

    constant: Seen
    one_query: Seen
    row: Seen

    @property
    def share(self) -> float:
        """The row's rate as a share of the one-query view's."""
        return self.row.load.rate / self.one_query.load.rate if self.one_query.load.rate else 0.0

    @property
    def errors(self) -> int:
        return self.constant.load.errors + self.one_query.load.errors + self.row.load.errors


@dataclass(frozen=True, slots=True)
class Result:
    """The medians of a row's rounds. Latencies and processor times in milliseconds."""

    rate: float
    share: float
    p50: float
    p99: float
    cpu: float
    constant_rate: float
    one_query_rate: float
    one_query_cpu: float
    errors: int


def rounds(
    server: Server,
    yardsticks: Mapping[str, Call],
    rows: Mapping[str, Call],
    *,
    count: int,
    seconds: int,
    progress: Callable[[str], None],
) -> dict[str, list[Round]]:
    """Put load on the server, round after round; each round takes every row in turn."""
    for call in [*yardsticks.values(), *rows.values()]:
        put(server.url, call, WARM_UP_SECONDS)
        server.settle()
    found: dict[str, list[Round]] = {name: [] for name in rows}
    for number in range(count):
        for name, call in rows.items():
            seen = beside(server, yardsticks, call, seconds, seconds * TIMES_LONGER.get(name, 1))
            found[name].append(seen)
            progress(f"round {number + 1} of {count}, {name}: {seen.row.load.rate:.1f} requests/s")
    return found


def beside(server: Server, yardsticks: Mapping[str, Call], row: Call, seconds: int, row_seconds: int) -> Round:
    """Measure both yardsticks, and a row right after them."""
    constant = watched(server, yardsticks["constant"], seconds)
    one_query = watched(server, yardsticks["one_query"], seconds)
    return Round(constant, one_query, watched(server, row, row_seconds))


def watched(server: Server, call: Call, seconds: int) -> Seen:
    """Put one load on the server and wait until it rests again."""
    before = server.cpu_seconds()
    load = put(server.url, call, seconds)
    server.settle()
    return Seen(load, (server.cpu_seconds() - before) * 1000 / max(load.answers, 1))


def result(rounds: list[Round]) -> Result:
    return Result(
        rate=median(each.row.load.rate for each in rounds),
        share=median(each.share for each in rounds),
        p50=median(each.row.load.p50 for each in rounds),
        p99=median(each.row.load.p99 for each in rounds),
        cpu=median(each.row.cpu for each in rounds),
        constant_rate=median(each.constant.load.rate for each in rounds),
        one_query_rate=median(each.one_query.load.rate for each in rounds),
        one_query_cpu=median(each.one_query.cpu for each in rounds),
        errors=sum(each.errors for each in rounds),
    )
