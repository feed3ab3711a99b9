"""The benchmark runs, with numbers too small to mean anything."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.calls import ROWS
from bench.crowd import Crowd
from bench.load import read
from bench.options import parse
from bench.storm import Storm
from bench.token_tables import tables
from bench.tokens import Tokens

ROOT = Path(__file__).resolve().parent.parent.parent
WRK = """\
Running 5s test @ http://127.0.0.1:8000/
  2 threads and 16 connections
  Latency Distribution
     50%   67.04ms
     75%   90.00ms
     90%  110.00ms
     99%    1.30s 
  1105 requests in 5.02s, 1.20MB read
{faults}Requests/sec:    220.02
Transfer/sec:    244.12KB
"""  # noqa: W291  # wrk writes that space


@pytest.mark.xdist_group("bench")
def test_every_row_is_measured_without_errors_on_sqlite(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    small = ["--seconds=1", "--rounds=1", "--connections=101", "--due=3", f"--json={results}"]
    command = [sys.executable, "-m", "bench", "--database=sqlite", *small]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    done = subprocess.run(
        command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )

    assert done.returncode == 0, done.stderr
    assert "| get by id |" in done.stdout
    (report,) = json.loads(results.read_text())["databases"]
    assert set(report["rows"]) == {"get", "list100", "list10000", "login", "create", "page", "page-alone"}
    assert report["queries"]["list100"] == report["queries"]["list10000"]
    assert len(report["memory"]) == 2
    assert_tokens(report["tokens"], done.stdout)


def assert_tokens(tokens: dict[str, Any], printed: str) -> None:
    """Each token was refreshed once, also by two workers at once and for fifty callers."""
    assert tokens["fresh"]["queries"] <= 2
    assert [(each["workers"], each["requests"], len(each["memory"])) for each in tokens["storms"]] == [
        (1, 3, 1),
        (2, 3, 2),
    ]
    assert all(peak > 0 for each in tokens["storms"] for peak in each["memory"])
    assert (tokens["crowd"]["callers"], tokens["crowd"]["requests"]) == (50, 1)
    for row in ("token needed and fresh", "3 due, 2 workers", "50 callers at once in 4 processes"):
        assert f"| {row} |" in printed


def test_rows_can_be_chosen() -> None:
    assert parse(["--rows=fresh,storm,callers"]).rows == ("fresh", "storm", "callers")
    assert parse([]).rows == ROWS
    with pytest.raises(SystemExit):
        parse(["--rows=rumour"])


def test_what_went_wrong_in_a_row_about_tokens_is_told() -> None:
    twice = Storm(workers=2, due=3, seconds=1.0, rate=3.0, requests=6, memory=[1.0, 1.0], errors=3)
    without = Crowd(callers=50, processes=4, seconds=1.0, requests=1, errors=50)
    tokens = Tokens(None, [twice], without)

    assert tokens.errors == {"storm of 2": 3, "callers": 50}
    assert [line for line in tables(tokens) if "**" in line] == [
        "| 3 due, 2 workers | 1.0 | 3 | 6 | 1 and 1 | **3 FAILED** |",
        "| 50 callers at once in 4 processes | 1.00 | 1 | **50 FAILED** |",
    ]


def test_wrk_report_is_read() -> None:
    load = read(WRK.format(faults=""))

    assert (load.answers, load.rate, load.p50, load.p99, load.errors) == (1105, 220.02, 67.04, 1300.0, 0)


def test_every_fault_that_wrk_reports_is_an_error() -> None:
    faults = "  Socket errors: connect 1, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 4\n"

    assert read(WRK.format(faults=faults)).errors == 10
