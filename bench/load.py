"""Load from other processes: wrk, or an equal in Python where wrk is missing."""

import re
import shutil
import subprocess
import tempfile
import uuid
from dataclasses import dataclass

from bench import client
from bench.calls import UNIQUE, Call

THREADS = 2
ANSWER_SECONDS = 60
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}

# wrk builds a request itself unless its body changes. https://github.com/wg/wrk/blob/master/SCRIPTING
SCRIPT = """
local started = 0
function setup(thread) started = started + 1; thread:set("number", started) end
local sent = 0
function request()
  sent = sent + 1
  local unique = "%(unique)s-" .. number .. "-" .. sent
  return wrk.format("%(method)s", nil, nil, (string.gsub([==[%(body)s]==], "%(mark)s", unique)))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What one load saw. Latencies are in milliseconds; not a single answer is an error, too."""

    answers: int
    rate: float
    p50: float
    p99: float
    errors: int


def generator() -> str:
    return "wrk" if shutil.which("wrk") else "Python (wrk is not installed)"


def put(url: str, call: Call, seconds: int) -> Load:
    """Send the call over and over on so many connections as it has clients, for some seconds."""
    if not shutil.which("wrk"):
        return Load(*client.load(url, call, seconds, call.clients))
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        command = wrk(url, call, seconds)
        if call.body is not None:
            script.write(lua(call))
            script.flush()
            command[1:1] = ["-s", script.name]
        return read(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def wrk(url: str, call: Call, seconds: int) -> list[str]:
    headers = [part for name, value in call.headers.items() for part in ("-H", f"{name}: {value}")]
    bounds = [
        f"-c{call.clients}",
        f"-t{min(THREADS, call.clients)}",
        f"-d{seconds}s",
        f"--timeout={ANSWER_SECONDS}s",
    ]
    return ["wrk", "--latency", *bounds, *headers, f"{url}{call.path}"]


def lua(call: Call) -> str:
    facts = {"unique": uuid.uuid4().hex, "method": call.method, "body": call.body, "mark": UNIQUE}
    return SCRIPT % facts


def read(report: str) -> Load:
    """Read wrk's report."""
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    failures = [*(sockets.groups() if sockets else ()), *(refused.groups() if refused else ())]
    rate = re.search(r"^Requests/sec:\s+([\d.]+)", report, re.MULTILINE)
    answers = re.search(r"^\s+(\d+) requests in ", report, re.MULTILINE)
    if rate is None or answers is None:
        raise RuntimeError(f"wrk reported no rate:\n{report}")
    count = int(answers[1])
    errors = sum(map(int, failures)) or int(count == 0)
    return Load(count, float(rate[1]), percentile(report, 50), percentile(report, 99), errors)


def percentile(report: str, percent: int) -> float:
    found = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m) *$", report, re.MULTILINE)
    return float(found[1]) * MILLISECONDS[found[2]] if found else 0.0
