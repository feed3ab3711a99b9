"""`python -m bench`: measure, print, and end with 1 if any request failed."""

import json
import signal
import subprocess
import sys
from dataclasses import asdict

from bench import databases, machine, run, table
from bench.options import Options, parse
from bench.run import Report

NO_POSTGRESQL = "PostgreSQL is left out: no server binaries found. On Debian and Ubuntu: apt-get install postgresql"


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: with everything cleaned up
    options = parse()
    kinds = tuple(kind for kind in options.databases if databases.is_installed(kind))
    if kinds != options.databases:
        progress(NO_POSTGRESQL)
    try:
        return profile(kinds, options) if options.profile else measure(kinds, options)
    except KeyboardInterrupt:
        progress("stopped")
        return 130
    except subprocess.CalledProcessError as error:
        progress(f"{error}\n{error.stderr or ''}")
        return 1


def measure(kinds: tuple[str, ...], options: Options) -> int:
    facts = machine.describe(kinds)
    reports = []
    for kind in kinds:
        reports.append(run.measure(kind, options, progress))
        print(table.markdown(reports[-1], options.connections), end="\n\n", flush=True)
    print("\n".join(f"- {name}: {fact}" for name, fact in facts.items()))
    if options.json:
        written = {"facts": facts, "databases": [asdict(report) for report in reports]}
        options.json.write_text(json.dumps(written, indent=2) + "\n")
    return 0 if reports and not failed(reports) else 1


def failed(reports: list[Report]) -> bool:
    """Tell of rows with errors, loudly."""
    wrong = {f"{report.database} {name}": count for report in reports for name, count in errors(report) if count}
    for row, count in wrong.items():
        progress(f"FAILED: {count} answers of {row} or its yardsticks were missing, late, too many or no 2xx")
    return bool(wrong)


def errors(report: Report) -> list[tuple[str, int]]:
    return [*((name, result.errors) for name, result in report.rows.items()), *report.tokens.errors.items()]


def profile(kinds: tuple[str, ...], options: Options) -> int:
    for kind in kinds:
        print(f"# {databases.TITLES[kind]}\n\n{run.profile(kind, options)}")
    return 0 if kinds else 1


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
