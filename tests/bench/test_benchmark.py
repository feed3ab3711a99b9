"""The benchmark runs, with numbers too small to mean anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.load import read

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
    small = ["--seconds=1", "--rounds=1", "--connections=101", f"--json={results}"]
    command = [sys.executable, "-m", "bench", "--database=sqlite", *small]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    done = subprocess.run(
        command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )

    assert done.returncode == 0, done.stderr
    assert "| get by id |" in done.stdout
    (report,) = json.loads(results.read_text())["databases"]
    assert set(report["rows"]) == {"get", "list100", "list10000", "login", "create"}
    assert report["queries"]["list100"] == report["queries"]["list10000"]
    assert len(report["memory"]) == 2


def test_wrk_report_is_read() -> None:
    load = read(WRK.format(faults=""))

    assert (load.answers, load.rate, load.p50, load.p99, load.errors) == (1105, 220.02, 67.04, 1300.0, 0)


def test_every_fault_that_wrk_reports_is_an_error() -> None:
    faults = "  Socket errors: connect 1, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 4\n"

    assert read(WRK.format(faults=faults)).errors == 10
