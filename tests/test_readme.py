"""The README is true: its tour runs as printed, and its tables and files exist."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from connections.providers import PROVIDERS
from tests.server import ROOT, free_port, wait_until

README = (ROOT / "README.md").read_text()
SETTINGS = "".join((ROOT / "config" / name).read_text() for name in ("environment.py", "settings.py"))


@pytest.mark.xdist_group("servers")
def test_the_tour_runs_as_printed_against_the_demo(tmp_path: Path) -> None:
    port, gitlab_port, github_port = str(free_port()), str(free_port()), str(free_port())
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SITE_URL"}},
        "PORT": port,
        "GITLAB_PORT": gitlab_port,
        "GITHUB_PORT": github_port,
        "DEMO_DIR": str(tmp_path / "demo"),
    }
    demo = subprocess.Popen([sys.executable, "-m", "sandbox.demo"], cwd=ROOT, env=environment)
    try:
        wait_until(lambda: is_up(port))
        script = tour()
        for printed, present in (("8000", port), ("3081", gitlab_port), ("3082", github_port)):
            script = script.replace(f"127.0.0.1:{printed}", f"127.0.0.1:{present}")
        run = subprocess.run(
            [str(shutil.which("bash")), "-eu", "-o", "pipefail", "-c", script],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    finally:
        demo.terminate()
        demo.wait(30)
    assert run.returncode == 0, run.stderr
    assert '"name":"gitlab-renamed"' in run.stdout
    assert "Failed to validate credentials: Unauthorized. Cause: Token was revoked." in run.stdout
    assert '"name":"platform/api"' in run.stdout
    assert '"name":"infrastructure","owner":{"login":"acme"' in run.stdout
    assert "glpat-demo" not in run.stdout
    assert "ghp_demo" not in run.stdout


def tour() -> str:
    """Return the commands of the tour, in their order."""
    section = README.partition("## A tour")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", section, flags=re.DOTALL))


def is_up(port: str) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthcheck", timeout=5).ok
    except requests.RequestException:
        return False


def test_every_setting_is_in_the_table_and_no_other() -> None:
    table = README.partition("## Settings")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", table, re.M)
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    read = set(re.findall(r'(?:env\.\w+|required|whole|flag|ranges)\(\s*"(\w+)"', SETTINGS))
    kinds = [kind for provider in PROVIDERS.values() for kind in provider.clients.values()]
    declared = {name for kind in kinds for name in kind.variables.all}
    assert documented == read | declared


def test_every_file_that_it_names_exists() -> None:
    for link in re.findall(r"\]\(((?!http)[^)#]+)\)", README):
        assert (ROOT / link).exists(), link
    for folder in re.findall(r"^(\w+/)  ", README, re.M):
        assert (ROOT / folder).is_dir(), folder


def test_every_make_target_that_it_names_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"make (run|test|demo|help|bench)", README)) <= targets
