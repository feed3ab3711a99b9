"""The worker repeats the check for rows that are due; any number of workers share them."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from connections import health, upkeep
from connections.models import AppConnection
from connections.states import Status
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.concurrency import at_once
from tests.connections.health.stored import CHANGED, by_token, change, events, row
from tests.connections.tokens.processes import url
from tests.server import ROOT, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def asked(gitlab: Sandbox) -> int:
    """Return how many checks GitLab has seen."""
    return sum(request.path == "/api/v4/user" for request in gitlab.requests)


def made_due(admin: Api, gitlab: Sandbox, count: int) -> list[Any]:
    found = [by_token(admin, gitlab, name=f"c-{number}") for number in range(count)]
    AppConnection.objects.update(check_due_at=timezone.now() - timedelta(minutes=1))
    gitlab.clear_requests()
    return found


def test_what_is_due_is_checked_once_and_then_due_in_an_hour(admin: Api, gitlab: Sandbox) -> None:
    (connection_id, token), _ = made_due(admin, gitlab, 2)
    change(connection_id, check_due_at=None)
    gitlab.revoke(token.value)
    call_command("run_worker", "--once")
    call_command("run_worker", "--once")
    assert asked(gitlab) == 2
    assert sorted(AppConnection.objects.values_list("status", flat=True)) == ["healthy", "reconnect_required"]
    healthy = AppConnection.objects.get(status=Status.HEALTHY)
    assert healthy.check_due_at
    left = healthy.check_due_at - timezone.now()
    assert timedelta(minutes=53) < left < timedelta(minutes=67)
    [event] = events(CHANGED)
    assert event["connectionId"] == str(connection_id)
    assert "Token was revoked" in event["cause"]


def test_a_new_connection_is_not_due_yet(admin: Api, gitlab: Sandbox) -> None:
    by_token(admin, gitlab)
    gitlab.clear_requests()
    health.check_due()
    assert gitlab.requests == []


def test_two_workers_at_once_check_each_connection_once(admin: Api, gitlab: Sandbox) -> None:
    made_due(admin, gitlab, 12)
    at_once([health.check_due] * 2)
    assert asked(gitlab) == 12
    assert not health.due().exists()


def test_a_killed_worker_leaves_what_another_picks_up_when_its_claim_ends(admin: Api, gitlab: Sandbox) -> None:
    [(connection_id, _)] = made_due(admin, gitlab, 1)
    gitlab.misbehave("hang", "/api/v4/user", times=1)
    environment = {**os.environ, "DATABASE_URL": url()}
    command = [sys.executable, "manage.py", "run_worker", "--once"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    wait_until(lambda: asked(gitlab) == 1)
    worker.kill()
    worker.wait()
    health.check_due()
    assert asked(gitlab) == 1, "for now it counts as being checked"
    claimed = row(connection_id).check_due_at
    assert claimed
    assert claimed < timezone.now() + health.LEASE + timedelta(seconds=5)
    change(connection_id, check_due_at=claimed - health.LEASE - timedelta(seconds=5))
    health.check_due()
    assert asked(gitlab) == 2
    assert row(connection_id).status == Status.HEALTHY


def test_a_server_in_trouble_does_not_keep_the_others(admin: Api, gitlab: Sandbox) -> None:
    made_due(admin, gitlab, 5)
    with Sandbox() as troubled:
        for number in range(10):
            by_token(admin, troubled, name=f"t-{number}")
        AppConnection.objects.update(check_due_at=None)
        troubled.clear_requests()
        troubled.misbehave("rate-limit", "/")
        health.check_due()
        assert 1 <= len(troubled.requests) <= upkeep.CALLS_PER_SERVER, "it is left alone until the next round"
    assert asked(gitlab) == 5
    assert set(AppConnection.objects.values_list("status", flat=True)) == {Status.HEALTHY}


def test_a_round_begins_no_check_after_its_time(
    admin: Api, gitlab: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_due(admin, gitlab, 3)
    monkeypatch.setattr(health, "ROUND_SECONDS", -1.0)
    health.check_due()
    assert gitlab.requests == []
    assert health.due().count() == 3


def test_the_worker_logs_no_secret(admin: Api, gitlab: Sandbox, logged: Any) -> None:
    [(_, token)] = made_due(admin, gitlab, 1)
    gitlab.misbehave("status", "/api/v4", status=403, body=json.dumps({"message": token.value}))
    health.check_due()
    assert asked(gitlab) == 1
    assert token.value not in str(logged)
