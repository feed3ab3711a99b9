"""What keeps the rooms apart, and a provider in its folder."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from connections.providers import PROVIDERS

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ["config", "oauth", "wire", "audit", "organizations", "identities", "connections"]
SHOUTED = {"utils", "helpers", "common", "core", "misc"}


def sources(*folders: str) -> list[Path]:
    return [file for folder in folders for file in (ROOT / folder).rglob("*.py") if "migrations" not in file.parts]


def test_imports_run_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_named_in_its_own_folder_and_in_the_registry_only(name: str) -> None:
    allowed = {ROOT / "connections" / "providers" / "__init__.py"}
    own = ROOT / "connections" / "providers" / name
    for file in sources(*PRODUCT):
        if file in allowed or own in file.parents:
            continue
        named = [
            node.value
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Constant) and node.value == name
        ]
        imported = f"providers.{name}" in file.read_text()
        assert not named, f"{file} knows {name}"
        assert not imported, f"{file} imports {name}"


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_needs_no_migration_url_template_or_setting(name: str) -> None:
    own = ROOT / "connections" / "providers" / name
    assert not list(own.rglob("migrations"))
    assert not list(own.rglob("urls.py"))
    assert not list(own.rglob("*.html"))


def test_every_provider_has_the_same_addresses() -> None:
    patterns = all_patterns()
    for name, provider in PROVIDERS.items():
        base = f"api/v1/app-connections/{name}"
        own = {pattern.removeprefix(base) for pattern in patterns if pattern.startswith(base)}
        assert own == {
            "",
            "/available",
            "/connection-name/<str:name>",
            "/instances",
            "/instances/<str:instance_id>",
            "/instances/<str:instance_id>/clients/<str:kind>",
            "/<str:connection_id>",
            *(f"/<str:connection_id>/{listing.name}" for listing in provider.listings),
        }


def all_patterns() -> set[str]:
    def walk(resolver: URLResolver, prefix: str) -> set[str]:
        found: set[str] = set()
        for entry in resolver.url_patterns:
            here = prefix + str(entry.pattern)
            found |= {here} if isinstance(entry, URLPattern) else walk(entry, here)
        return found

    return walk(get_resolver(), "")


def test_the_product_and_the_sandbox_do_not_know_each_other() -> None:
    for file in sources(*PRODUCT):
        assert "sandbox" not in imports(file), file
    for file in sources("sandbox"):
        assert not imports(file) & set(PRODUCT), file


def imports(file: Path) -> set[str]:
    """Return the top-level packages that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_requests_and_sockets_are_used_behind_the_one_door_only() -> None:
    for file in sources(*PRODUCT):
        behind = file.parent == ROOT / "connections" / "providers"
        assert behind or not imports(file) & {"requests", "urllib3", "socket", "http.client"}, file


def test_no_room_has_a_name_that_says_nothing() -> None:
    for file in sources(*PRODUCT, "sandbox", "tests"):
        assert not {file.stem, *file.relative_to(ROOT).parts} & SHOUTED, file


def test_files_stay_short() -> None:
    long = {file: len(file.read_text().splitlines()) for file in sources(*PRODUCT, "sandbox", "bench")}
    assert {str(file): lines for file, lines in long.items() if lines > 300} == {}


def test_a_new_entry_in_the_registry_is_all_that_a_provider_needs() -> None:
    """The registry gains a provider: its endpoints and documents are there, and no migration is due."""
    script = """
import django, sys
from dataclasses import replace
from connections.providers import gitlab, PROVIDERS
PROVIDERS["forge"] = replace(gitlab.GITLAB, app="forge", display_name="Forge")
django.setup()
from django.core.management import call_command
call_command("check")
call_command("makemigrations", "--check", "--dry-run", verbosity=0)
from django.urls import resolve
resolve("/api/v1/app-connections/forge/available")
from drf_spectacular.generators import SchemaGenerator
document = SchemaGenerator().get_schema(request=None, public=True)
assert "/api/v1/app-connections/forge/{connection_id}/projects" in document["paths"]
"""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": "sqlite:///:memory:"}
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
