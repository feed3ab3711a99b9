"""The rows about tokens: one that is fresh, a storm of refreshes, and many callers at once."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import calls, crowd, storm
from bench.crowd import Crowd
from bench.granted import Granted, grant
from bench.options import Options
from bench.product import inside
from bench.storm import Storm
from sandbox.gitlab import Sandbox


@dataclass(frozen=True, slots=True)
class Fresh:
    """Calls a second for a token that is not due, beside an ORM query by primary key in the same process."""

    rate: float
    share: float
    queries: int
    one_query_rate: float


@dataclass(frozen=True, slots=True)
class Tokens:
    """What was measured; empty for a row that was not asked for."""

    fresh: Fresh | None
    storms: list[Storm]
    crowd: Crowd | None

    @property
    def errors(self) -> dict[str, int]:
        """Return the errors of each row by its name."""
        storms = {f"storm of {each.workers}": each.errors for each in self.storms}
        return {**storms, "callers": self.crowd.errors} if self.crowd else storms


def measure(
    settings: Mapping[str, str],
    folder: Path,
    gitlab: Sandbox,
    options: Options,
    progress: Callable[[str], None],
) -> Tokens:
    """Measure those rows that are wanted, on a database that is there."""
    wanted = set(calls.TOKENS).intersection(options.rows)
    if not wanted:
        return Tokens(None, [], None)
    granted = grant(settings, folder, gitlab, options.due if "storm" in wanted else 1)
    fresh, storms, callers = None, [], None
    if "fresh" in wanted:
        fresh = measure_fresh(granted, options)
        progress(f"fresh: {fresh.rate:.1f} calls/s")
    for workers in storm.WORKERS if "storm" in wanted else ():
        storms.append(storm.measure(granted, workers))
        progress(f"storm, workers: {workers}: {storms[-1].seconds:.1f} s")
    if "callers" in wanted:
        callers = crowd.measure(granted, options.rounds)
        progress(f"callers: {callers.seconds:.2f} s")
    return Tokens(fresh, storms, callers)


def measure_fresh(granted: Granted, options: Options) -> Fresh:
    given = (granted.ids[0], str(options.seconds), str(options.rounds))
    return Fresh(**json.loads(inside(granted.settings, "fresh", *given)))
