"""The operator's clients at GitHub, as the environment names them: what is read, and what stops the start."""

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from connections.models import AppConnection
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, body
from tests.providers.github import keys
from tests.providers.github.test_private_key import PASTED, REFUSED
from tests.server import PATIENCE, ROOT, serve_once

pytestmark = pytest.mark.django_db

OAUTH, APP = world.OAUTH, world.APP
KEY = f"{APP}_PRIVATE_KEY"
OAUTH_CLIENT = {f"{OAUTH}_CLIENT_ID": "Ov23lixxxxxxxxxxxxxx", f"{OAUTH}_CLIENT_SECRET": "planted-client-secret"}
OAUTH_TOGETHER = f"{OAUTH}_CLIENT_ID and {OAUTH}_CLIENT_SECRET go together: set both or neither."
APP_TOGETHER = f"{APP}_CLIENT_ID, {APP}_CLIENT_SECRET, {KEY}, {APP}_SLUG and {APP}_ID go together: set all or none."


def app_client(private_key: str) -> dict[str, str]:
    return {
        f"{APP}_CLIENT_ID": "Iv23lixxxxxxxxxxxxxx",
        f"{APP}_CLIENT_SECRET": "planted-client-secret",
        KEY: private_key,
        f"{APP}_SLUG": "acme-connections",
        f"{APP}_ID": "4711",
    }


def refusal(settings: Any, variables: Mapping[str, str]) -> str:
    """Return what `manage.py check` says of these variables."""
    settings.APP_CONNECTION_VARIABLES = dict(variables)
    with pytest.raises(SystemCheckError) as refused:
        call_command("check")
    return str(refused.value)


def check(folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `manage.py check` as an operator does."""
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


# The private key


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize("pasted", PASTED)
def test_a_key_signs_for_the_app_in_every_spelling(admin: Api, github: Sandbox, settings: Any, pasted: str) -> None:
    settings.APP_CONNECTION_VARIABLES[KEY] = PASTED[pasted](world.app_at(github).private_key)
    call_command("check")
    answer = admin.post(GITHUB, body(github, "github-app"))
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize("given_as", [given_as for given_as, (make, _) in REFUSED.items() if given_as != "nothing"])
def test_a_broken_key_stops_the_start_and_is_not_repeated(settings: Any, given_as: str) -> None:
    make, sentence = REFUSED[given_as]
    given = make()
    said = refusal(settings, app_client(given))
    assert f"{KEY}: {sentence}" in said
    assert "connections.E004" in said
    assert not [word for word in re.findall(r"\S{20,}", given) if word in said]


SPELLED: dict[str, Callable[[Path], dict[str, str]]] = {
    "with real line breaks": lambda folder: {KEY: keys.pem()},
    "with line breaks written out": lambda folder: {KEY: keys.pem().replace("\n", r"\n")},
    "in base64": lambda folder: {KEY: keys.base64_of(keys.pem())},
    "in a file": lambda folder: {f"{KEY}_FILE": written(folder / "app.pem", keys.pem())},
    "in .env, in quotes": lambda folder: {"ENV_FILE": in_env_file(folder, '"{}"')},
    "in .env, as it is": lambda folder: {"ENV_FILE": in_env_file(folder, "{}")},
}


def written(file: Path, text: str) -> str:
    file.write_text(text)
    return str(file)


def in_env_file(folder: Path, quoted: str) -> str:
    line = keys.pem().strip().replace("\n", r"\n")
    return written(folder / ".env", f"{KEY}={quoted.format(line)}\n")


@pytest.mark.parametrize("spelled", SPELLED)
def test_a_key_gets_through_the_environment(tmp_path: Path, spelled: str) -> None:
    others = {name: value for name, value in app_client("").items() if name != KEY}
    run = check(tmp_path, others | SPELLED[spelled](tmp_path))
    assert run.returncode == 0, run.stderr
    without = check(tmp_path, others)
    assert APP_TOGETHER in without.stderr, "it was the key that made the set whole"


def test_a_broken_key_stops_the_service_in_words(tmp_path: Path) -> None:
    cut_off = keys.pem()[:800]
    run = serve_once(tmp_path, app_client(cut_off))
    assert run.returncode != 0
    assert f"{KEY}: The private key is cut off: paste the whole .pem file that GitHub made" in run.stderr
    assert "Traceback" not in run.stderr
    assert not [line for line in cut_off.splitlines() if line in run.stderr + run.stdout]
    assert "planted-client-secret" not in run.stderr + run.stdout


# Sets of variables


def test_nothing_set_is_fine(settings: Any) -> None:
    settings.APP_CONNECTION_VARIABLES = {}
    call_command("check")


def test_each_whole_set_is_fine_alone_and_with_the_other(settings: Any) -> None:
    app = app_client(keys.pem())
    for variables in (OAUTH_CLIENT, app, OAUTH_CLIENT | app):
        settings.APP_CONNECTION_VARIABLES = variables
        call_command("check")


@pytest.mark.parametrize("lacking", OAUTH_CLIENT)
@pytest.mark.parametrize("as_what", ["absent", "empty"])
def test_half_of_the_oauth_app_stops_the_start(settings: Any, lacking: str, as_what: str) -> None:
    said = refusal(settings, without(OAUTH_CLIENT, [lacking], as_what))
    assert OAUTH_TOGETHER in said
    assert "planted-client-secret" not in said


LACKING = [
    lacking
    for count in range(1, len(app_client("")))
    for lacking in itertools.combinations(sorted(app_client("")), count)
]


@pytest.mark.parametrize("lacking", LACKING, ids=lambda names: " ".join(name.removeprefix(APP) for name in names))
def test_a_part_of_the_github_app_stops_the_start(settings: Any, lacking: tuple[str, ...]) -> None:
    said = refusal(settings, without(app_client(keys.pem()), lacking, "absent"))
    assert APP_TOGETHER in said
    assert "planted-client-secret" not in said
    assert keys.body(keys.pem())[:40] not in said


def without(variables: Mapping[str, str], lacking: Any, as_what: str) -> dict[str, str]:
    left = {name: value for name, value in variables.items() if name not in lacking}
    return left if as_what == "absent" else left | dict.fromkeys(lacking, "")


@pytest.mark.parametrize("prefix", [OAUTH, APP])
def test_a_client_secret_of_commas_is_none(settings: Any, prefix: str) -> None:
    variables = OAUTH_CLIENT | app_client(keys.pem()) | {f"{prefix}_CLIENT_SECRET": " , "}
    assert f"{prefix}_CLIENT_SECRET holds no secret." in refusal(settings, variables)


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize("method", ["oauth", "github-app"])
def test_of_several_client_secrets_each_is_tried(admin: Api, github: Sandbox, settings: Any, method: str) -> None:
    for prefix in (OAUTH, APP):
        name = f"{prefix}_CLIENT_SECRET"
        settings.APP_CONNECTION_VARIABLES[name] = f"renewed-meanwhile, {settings.APP_CONNECTION_VARIABLES[name]}"
    assert admin.post(GITHUB, body(github, method)).status_code == 200
    assert AppConnection.objects.count() == 1


# Hosts


@pytest.mark.parametrize("prefix", [OAUTH, APP])
@pytest.mark.parametrize(
    "host",
    [
        "https://github.example.com",
        "http://github.example.com",
        "github.example.com/api/v3",
        "github.example.com/",
        "ann@github.example.com",
        "ann:planted-password@github.example.com",
        "github.example.com:99999",
        "github.example.com?x=1",
        "github.example.com#x",
        "github example.com",
        "github..example.com",
        ":443",
    ],
)
def test_a_host_that_is_no_bare_name_stops_the_start(settings: Any, prefix: str, host: str) -> None:
    variables = OAUTH_CLIENT | app_client(keys.pem()) | {f"{prefix}_HOST": host}
    said = refusal(settings, variables)
    assert f"{prefix}_HOST: Give the bare name of the host, such as github.example.com" in said
    assert "planted-password" not in said


@pytest.mark.parametrize("prefix", [OAUTH, APP])
@pytest.mark.parametrize("host", ["github.example.com", "acme.ghe.com", "127.0.0.1:8443", "github.com", ""])
def test_a_bare_host_is_fine(settings: Any, prefix: str, host: str) -> None:
    settings.APP_CONNECTION_VARIABLES = OAUTH_CLIENT | app_client(keys.pem()) | {f"{prefix}_HOST": host}
    call_command("check")


def test_a_bad_host_stops_the_service_in_words(tmp_path: Path) -> None:
    run = serve_once(tmp_path, OAUTH_CLIENT | {f"{OAUTH}_HOST": "https://github.example.com"})
    assert run.returncode != 0
    assert f"{OAUTH}_HOST: Give the bare name of the host" in run.stderr
    assert "Traceback" not in run.stderr
