"""Too many failed logins lock a client id for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from audit.models import AuditEvent
from identities.models import LoginFailure
from identities.services.login import login
from tests.clients import Api
from tests.clients import login as log_in
from tests.identities.requests import IDENTITIES, Machine, machine, ok, refused
from wire.errors import Unauthorized
from wire.origin import Origin

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ORIGIN = Origin(ip="203.0.113.7", user_agent="", request_id="")
LOCKED = "This identity auth method is temporarily locked, please try again later"
WRONG = "Invalid credentials"


def outcome(deployer: Machine, second: float, *, secret: str | None = None, client_id: str = "") -> str:
    """Log in so many seconds after the start; return what the caller is told, or `in`."""
    try:
        login(
            client_id=client_id or deployer.client_id,
            client_secret=secret or "wrong",
            organization_slug=None,
            origin=ORIGIN,
            now=START + timedelta(seconds=second),
        )
    except Unauthorized as refusal:
        return str(refusal)
    return "in"


def test_three_failures_within_thirty_seconds_lock_for_three_hundred(admin: Api) -> None:
    deployer = machine(admin)
    assert [outcome(deployer, second) for second in (0, 10, 20)] == [WRONG] * 3
    assert outcome(deployer, 319, secret=deployer.client_secret) == LOCKED
    assert outcome(deployer, 320, secret=deployer.client_secret) == "in"


def test_attempts_during_the_lockout_do_not_prolong_it(admin: Api) -> None:
    deployer = machine(admin)
    assert [outcome(deployer, second) for second in (0, 1, 2, 100, 301)] == [WRONG] * 3 + [LOCKED] * 2
    assert outcome(deployer, 302, secret=deployer.client_secret) == "in"


def test_failures_far_apart_do_not_lock(admin: Api) -> None:
    deployer = machine(admin)
    assert [outcome(deployer, second) for second in (0, 30, 60, 90, 120)] == [WRONG] * 5


def test_a_success_in_between_starts_the_count_anew(admin: Api) -> None:
    deployer = machine(admin)
    assert [outcome(deployer, second) for second in (0, 1)] == [WRONG] * 2
    assert outcome(deployer, 2, secret=deployer.client_secret) == "in"
    assert [outcome(deployer, second) for second in (3, 4)] == [WRONG] * 2
    assert outcome(deployer, 5, secret=deployer.client_secret) == "in"


def test_after_a_lockout_the_count_starts_at_one(admin: Api) -> None:
    deployer = machine(admin, settings={"lockoutCounterResetSeconds": 3600, "lockoutDurationSeconds": 30})
    assert [outcome(deployer, second) for second in (0, 1, 2, 31)] == [WRONG] * 3 + [LOCKED]
    assert [outcome(deployer, second) for second in (32, 33, 34, 35)] == [WRONG] * 3 + [LOCKED]


def test_other_spellings_of_a_client_id_do_not_escape(admin: Api) -> None:
    deployer = machine(admin)
    plain = deployer.client_id
    spellings = [plain.upper(), plain.replace("-", ""), f"{{{plain}}}"]
    assert [outcome(deployer, 0, client_id=spelling) for spelling in spellings] == [WRONG] * 3
    assert outcome(deployer, 1, secret=deployer.client_secret) == LOCKED


def test_one_identitys_lockout_is_nobody_elses(admin: Api) -> None:
    locked, free = machine(admin), machine(admin)
    for second in range(3):
        outcome(locked, second)
    assert outcome(free, 3, secret=free.client_secret) == "in"


def test_it_can_be_switched_off(admin: Api) -> None:
    deployer = machine(admin, settings={"lockoutEnabled": False})
    assert [outcome(deployer, 0) for _ in range(5)] == [WRONG] * 5
    assert outcome(deployer, 0, secret=deployer.client_secret) == "in"


def test_a_threshold_of_one_locks_at_the_first_failure(admin: Api) -> None:
    deployer = machine(admin, settings={"lockoutThreshold": 1})
    assert [outcome(deployer, second) for second in (0, 299, 300)] == [WRONG, LOCKED, WRONG]


def test_an_admin_sees_it_and_can_end_it(admin: Api) -> None:
    deployer = machine(admin)
    for _ in range(3):
        deployer.login(secret="wrong")
    assert refused(deployer.login()) == (401, "UnauthorizedError", LOCKED)
    path = f"{IDENTITIES}/{deployer.identity_id}"
    assert ok(admin.get(path))["identity"]["identity"]["activeLockoutAuthMethods"] == ["universal-auth"]
    assert ok(admin.post(f"{deployer.auth_path}/clear-lockouts")) == {"deleted": 1}
    assert ok(admin.post(f"{deployer.auth_path}/clear-lockouts")) == {"deleted": 0}
    assert ok(admin.get(path))["identity"]["identity"]["activeLockoutAuthMethods"] == []
    assert ok(deployer.login())
    assert AuditEvent.objects.filter(type="clear-identity-universal-auth-lockouts").count() == 2


def test_made_up_client_ids_do_not_fill_the_table(admin: Api) -> None:
    deployer = machine(admin)
    for number in range(20):
        outcome(deployer, 0, client_id=f"made up {number}")
    outcome(deployer, 31)
    assert LoginFailure.objects.count() == 1


def test_a_failure_survives_the_refusal_that_it_causes() -> None:
    log_in("nobody", "wrong")
    assert LoginFailure.objects.get().failures == 1
