"""Exports from the server as it is run: who reads slowly keeps a place, who goes away gives it back."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from tests.clients import SET_UP
from tests.organizations.web.audit import EXPORT
from tests.server import ROOT, Server, wait_until

pytestmark = pytest.mark.xdist_group("servers")
COUNT = 20_000
FILL = f"""
import django
django.setup()
from audit import log
from audit.actors import system
from audit.models import AuditEvent
from organizations.models import Organization
home = Organization.objects.get().id
for _ in range({COUNT // 1000}):
    AuditEvent.objects.bulk_create(
        log.build(log.Event.CREATE_PROJECT, actor=system(), organization_id=home, padding="x" * 1000)
        for _ in range(1000)
    )
"""


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one process, with more events than sockets hold."""
    with Server(tmp_path_factory.mktemp("exports"), WORKERS="1", THREADS="4") as server:
        requests.post(f"{server.url}/api/v1/admin/bootstrap", json=SET_UP, timeout=30).raise_for_status()
        environment = {**server.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
        subprocess.run([sys.executable, "-c", FILL], cwd=ROOT, env=environment, check=True)
        yield server


def signed_in(server: Server) -> requests.Session:
    session = requests.Session()
    page = session.get(f"{server.url}/sign-in", timeout=30).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    fields = {"csrfmiddlewaretoken": token[1], "login": SET_UP["email"], "password": SET_UP["password"]}
    session.post(f"{server.url}/sign-in", data=fields, timeout=30).raise_for_status()
    return session


def test_a_slow_reader_keeps_a_place_and_gives_it_back_by_going_away(server: Server) -> None:
    session = signed_in(server)

    def export() -> requests.Response:
        return session.get(f"{server.url}{EXPORT}?format=ndjson", stream=True, timeout=30)

    slow = [export(), export()]
    assert [answer.status_code for answer in slow] == [200, 200]
    refused = export()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    for answer in slow:
        answer.close()
    whole: list[requests.Response] = []

    def is_free() -> bool:
        whole[:] = [export()]
        return whole[0].status_code == 200

    wait_until(is_free)
    assert sum(line.startswith(b'{"id":') for line in whole[0].iter_lines()) >= COUNT
