"""The results as Markdown."""

from collections.abc import Iterator

from bench import databases
from bench.measure import Result
from bench.run import Report
from bench.token_tables import errors, table, tables

HEAD = (
    "row",
    "requests/s",
    "of the one-query view",
    "p50 ms",
    "p99 ms",
    "queries",
    "worker CPU ms (one-query view's)",
    "one-query view/s",
    "constant view/s",
    "errors",
)
GET_SHARE, LIST_RATE, PAGE_MS, WORKER_MIB, FRESH_QUERIES = 0.75, 300, 100, 150, 2


def markdown(report: Report, connections: int) -> str:
    """Return one database's table, with its start times and memory."""
    head = f"## {databases.TITLES[report.database]}"
    rows = [cells(title(name, connections), result, report.queries[name]) for name, result in report.rows.items()]
    served = table(HEAD, rows) if rows else ()
    return "\n".join([head, *served, *tables(report.tokens), "", *notes(report)])


def title(row: str, connections: int) -> str:
    titles = {
        "get": "get by id",
        "list100": "list of 100",
        "list10000": f"list of {connections:,}",
        "login": "universal-auth login",
        "create": "create (against the sandbox)",
        "page": f"page of a list of {connections:,}",
        "page-alone": "the same, for one client",
    }
    return titles[row]


def cells(name: str, result: Result, queries: int) -> list[str]:
    return [
        name,
        f"{result.rate:,.1f}",
        f"{result.share:.1%}",
        f"{result.p50:.1f}",
        f"{result.p99:.1f}",
        str(queries),
        f"{result.cpu:.2f} ({result.one_query_cpu:.2f})",
        f"{result.one_query_rate:,.0f}",
        f"{result.constant_rate:,.0f}",
        errors(result.errors),
    ]


def notes(report: Report) -> Iterator[str]:
    each = ", ".join(f"{part.resident:.0f} MiB (shared in part: {part.proportional:.0f})" for part in report.memory)
    if report.memory:
        yield f"- Resident memory per worker, after the load: {each}"
    first, second = report.first_start, report.second_start
    yield f"- From exec to the first healthy answer: {first:.2f} s on an empty database, {second:.2f} s after that"
    if report.database == "postgresql":
        yield from (f"- {goal}: {'reached' if is_met else '**missed**'}" for goal, is_met in goals(report))


def goals(report: Report) -> Iterator[tuple[str, bool]]:
    """Yield what is to be reached on PostgreSQL, and whether it is."""
    rows = report.rows
    if "get" in rows:
        yield f"get by id at {GET_SHARE:.0%} or more of the one-query view", rows["get"].share >= GET_SHARE
    if "list100" in rows:
        yield f"list of 100 at {LIST_RATE} requests/s or more", rows["list100"].rate >= LIST_RATE
    lists = {report.queries[name] for name in rows if name.startswith("list")}
    if lists:
        yield "as many queries for a list of any length", len(lists) == 1
    if "page-alone" in rows:
        yield f"a page of the list for one client within {PAGE_MS} ms", rows["page-alone"].p50 <= PAGE_MS
    if report.memory:
        yield f"under {WORKER_MIB} MiB per worker", all(part.resident < WORKER_MIB for part in report.memory)
    if report.tokens.fresh:
        yield f"a fresh token for {FRESH_QUERIES} queries at most", report.tokens.fresh.queries <= FRESH_QUERIES
