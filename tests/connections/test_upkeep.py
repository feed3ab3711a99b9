"""The worker keeps tokens fresh that nobody asks for: a thousand that end in the same minute, or one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone

from connections import keys
from connections.models import AppConnection
from connections.providers.network import Network
from connections.states import Status
from organizations.models import Organization
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.clients import the_organization
from tests.connections import oauth
from tests.server import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
ANSWER_SECONDS = 0.05


@pytest.fixture
def application(gitlab: Sandbox, settings: Any) -> Application:
    return oauth.configure(settings, gitlab)


def stored(gitlab: Sandbox, application: Application, count: int, *, minutes: float = 1) -> None:
    """Store connections whose tokens end in so many minutes."""
    organization = the_organization()
    AppConnection.objects.bulk_create(_rows(gitlab, application, organization, count, minutes))


def _rows(
    gitlab: Sandbox, application: Application, organization: Organization, count: int, minutes: float
) -> Iterator[AppConnection]:
    key = keys.current_key(organization.id)
    for number in range(count):
        grant = gitlab.grant(application)
        row = AppConnection(
            organization=organization,
            app="gitlab",
            method="oauth",
            name=f"connection-{number}",
            public={"instanceUrl": gitlab.url},
            verified_at=timezone.now(),
            check_due_at=timezone.now() + timedelta(days=1),
            token_expires_at=timezone.now() + timedelta(minutes=minutes),
            status=Status.HEALTHY,
        )
        credentials = {"accessToken": grant.access_token, "refreshToken": grant.refresh_token}
        row.seal({**credentials, "tokenType": "Bearer", "instanceUrl": gitlab.url}, key)
        yield row


def run_worker(settings: Any) -> int:
    """Run one round of the worker as a process of its own; returns its peak of memory, in KiB."""
    name = database.settings_dict["NAME"]
    url = f"sqlite:///{name}" if database.vendor == "sqlite" else _postgresql_url(name)
    environment = {**os.environ, "DATABASE_URL": url, **settings.APP_CONNECTION_VARIABLES}
    command = [sys.executable, "manage.py", "run_worker", "--once"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(worker.pid, 0)
    worker.returncode = os.waitstatus_to_exitcode(status)
    assert worker.returncode == 0
    return usage.ru_maxrss


def _postgresql_url(name: str) -> str:
    base, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    return f"{base}/{name}"


def test_a_thousand_that_end_together_are_all_fresh_before_they_end(
    gitlab: Sandbox, application: Application, settings: Any
) -> None:
    stored(gitlab, application, 100)
    few = run_worker(settings)
    AppConnection.objects.all().delete()
    gitlab.clear_requests()
    stored(gitlab, application, 1000)
    gitlab.misbehave("slow", "/oauth/token", seconds=ANSWER_SECONDS)
    many = run_worker(settings)
    fresh = AppConnection.objects.filter(token_expires_at__gt=timezone.now() + timedelta(hours=1), status="healthy")
    assert fresh.count() == 1000
    assert oauth.token_requests(gitlab) == 1000
    assert most_at_once([request.at for request in gitlab.requests]) <= Network().calls_per_host
    assert many - few < 24 * 1024, "memory grows with the number of connections"


def most_at_once(moments: list[float]) -> int:
    """Return how many calls began within one answer's time: so many were under way at once, at least."""
    moments = sorted(moments)
    return max(
        sum(1 for later in moments[number:] if later < moment + ANSWER_SECONDS)
        for number, moment in enumerate(moments)
    )


def test_a_token_with_time_left_is_left_alone(gitlab: Sandbox, application: Application, settings: Any) -> None:
    stored(gitlab, application, 1, minutes=6)
    run_worker(settings)
    assert oauth.token_requests(gitlab) == 0


def test_a_refresh_that_fails_does_not_keep_the_others(
    gitlab: Sandbox, application: Application, settings: Any
) -> None:
    stored(gitlab, application, 3)
    gitlab.misbehave("status", "/oauth/token", status=503, times=1)
    run_worker(settings)
    assert sorted(AppConnection.objects.values_list("refresh_failures", flat=True)) == [0, 0, 1]
    assert oauth.token_requests(gitlab) == 3


def test_a_server_in_trouble_does_not_keep_the_others(
    gitlab: Sandbox, application: Application, settings: Any
) -> None:
    stored(gitlab, application, 20)
    with Sandbox() as troubled:
        rows = AppConnection.objects.filter(name__endswith="1") | AppConnection.objects.filter(name__endswith="2")
        moved = list(rows)
        for row in moved:
            row.public = {"instanceUrl": troubled.url}
            row.seal({**row.open_credentials(), "instanceUrl": troubled.url}, row.data_key)
            row.save()
        troubled.misbehave("status", "/", status=503)
        run_worker(settings)
    assert AppConnection.objects.exclude(pk__in=[row.pk for row in moved]).filter(refresh_failures=0).count() == 16
    assert oauth.token_requests(gitlab) == 16
