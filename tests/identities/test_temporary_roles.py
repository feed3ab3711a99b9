"""Roles that count between two moments only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from organizations.models import MembershipRole
from tests.clients import Api, identity_with
from tests.identities.requests import create_project, members_path, ok, refused

pytestmark = pytest.mark.django_db
PERMANENT = {"role": "no-access"}


def temporary(**fields: Any) -> dict[str, Any]:
    start = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {
        "role": "viewer",
        "isTemporary": True,
        "temporaryMode": "relative",
        "temporaryRange": "1h",
        "temporaryAccessStartTime": start,
        **fields,
    }


@pytest.fixture
def project_id(admin: Api) -> str:
    return create_project(admin)


@pytest.fixture
def deployer(admin: Api, project_id: str) -> Api:
    return identity_with(role="member", project_roles={project_id: ["no-access"]})


@pytest.fixture
def path(project_id: str, deployer: Api) -> str:
    return members_path(project_id, deployer.identity_id)


def stored(api: Api, path: str) -> dict[str, Any]:
    roles = ok(api.get(path))["identityMembership"]["roles"]
    found: dict[str, Any] = next(role for role in roles if role["isTemporary"])
    return found


def test_a_start_with_nanoseconds_comes_back_to_the_microsecond(admin: Api, path: str) -> None:
    start = "2026-11-20T12:33:00.123456789Z"
    ok(admin.patch(path, {"roles": [PERMANENT, temporary(temporaryAccessStartTime=start)]}))
    role = stored(admin, path)
    assert (role["temporaryMode"], role["temporaryRange"]) == ("relative", "1h")
    assert role["temporaryAccessStartTime"] == "2026-11-20T12:33:00.123456Z"
    assert role["temporaryAccessEndTime"] == "2026-11-20T13:33:00.123456Z"


@pytest.mark.parametrize(
    ("length", "lasts"),
    [
        ("30s", timedelta(seconds=30)),
        ("30m", timedelta(minutes=30)),
        ("1h", timedelta(hours=1)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        ("1y", timedelta(days=365)),
    ],
)
def test_lengths_have_units(admin: Api, path: str, length: str, lasts: timedelta) -> None:
    ok(admin.patch(path, {"roles": [PERMANENT, temporary(temporaryRange=length)]}))
    role = MembershipRole.objects.get(temporary_range=length)
    assert role.starts_at
    assert role.ends_at == role.starts_at + lasts


def test_it_counts_while_it_lasts(admin: Api, path: str, deployer: Api, project_id: str) -> None:
    ok(admin.patch(path, {"roles": [PERMANENT, temporary()]}))
    project = f"/api/v1/workspace/{project_id}"
    assert ok(deployer.get(project))
    MembershipRole.objects.filter(role="viewer").update(ends_at=datetime.now(UTC))
    assert deployer.get(project).status_code == 403


def test_it_does_not_count_before_it_starts(admin: Api, path: str, deployer: Api, project_id: str) -> None:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    ok(admin.patch(path, {"roles": [PERMANENT, temporary(temporaryAccessStartTime=later)]}))
    assert deployer.get(f"/api/v1/workspace/{project_id}").status_code == 403


@pytest.mark.parametrize("missing", ["temporaryRange", "temporaryAccessStartTime"])
@pytest.mark.parametrize("idle", ["", None])
def test_it_needs_a_length_and_a_start(admin: Api, path: str, missing: str, idle: str | None) -> None:
    message = "Temporary role must have access start time and range"
    body = {"roles": [PERMANENT, temporary(**{missing: idle})]}
    assert refused(admin.patch(path, body)) == (400, "BadRequest", message)


@pytest.mark.parametrize("length", ["1", "h", "-1h", "0h", "1h30m", "1 hour", "forever", "99999999y"])
def test_a_length_that_is_none_is_refused(admin: Api, path: str, length: str) -> None:
    assert admin.patch(path, {"roles": [PERMANENT, temporary(temporaryRange=length)]}).status_code == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temporaryAccessStartTime", "tomorrow"),
        ("temporaryAccessStartTime", 7),
        ("temporaryRange", 7),
        ("temporaryMode", "absolute"),
        ("isTemporary", "true"),
    ],
)
def test_a_wrong_shape_is_named(admin: Api, path: str, field: str, value: object) -> None:
    answer = admin.patch(path, {"roles": [PERMANENT, temporary(**{field: value})]})
    assert answer.status_code == 422
    assert [issue["path"] for issue in answer.json()["message"]] == [["roles", 1, field]]


@pytest.mark.parametrize(
    ("start", "length"),
    [("9999-12-31T23:59:59Z", "1h"), ("0001-01-01T00:00:00+14:00", "1h"), ("2026-11-20T00:00:00Z", "9999y")],
)
def test_time_itself_has_an_end(admin: Api, path: str, start: str, length: str) -> None:
    role = temporary(temporaryAccessStartTime=start, temporaryRange=length)
    assert admin.patch(path, {"roles": [PERMANENT, role]}).status_code in {400, 422}


def test_one_role_must_be_permanent(admin: Api, path: str) -> None:
    message = "Identity must have at least one permanent role"
    assert refused(admin.patch(path, {"roles": [temporary()]})) == (400, "BadRequest", message)


def test_over_permissions_are_not_given_for_a_while_either(admin: Api, path: str, project_id: str) -> None:
    role = temporary(role="admin")
    identity_with(project_roles={project_id: ["admin"]})
    ok(admin.patch(members_path(project_id, admin.identity_id), {"roles": [{"role": "viewer"}]}))
    assert admin.patch(path, {"roles": [PERMANENT, role]}).status_code == 403


def test_what_is_held_for_a_while_cannot_be_given_for_good(admin: Api, path: str, project_id: str) -> None:
    """Neither to oneself nor to anybody else: the role would outlast its end."""
    guest = identity_with(role="no-access")
    start = datetime.now(UTC).isoformat()
    roles = [PERMANENT, temporary(role="admin", temporaryAccessStartTime=start, temporaryRange="1h")]
    ok(admin.post(members_path(project_id, guest.identity_id), {"roles": roles}))
    assert guest.patch("/api/v1/projects/" + project_id, {"name": "Renamed"}).status_code == 200, "it is admin now"
    for target in (members_path(project_id, guest.identity_id), path):
        for role in ({"role": "admin"}, temporary(role="admin")):
            answer = guest.patch(target, {"roles": [PERMANENT, role]})
            assert refused(answer)[:2] == (403, "PermissionBoundaryError")


def test_a_project_keeps_an_admin_for_good(admin: Api, project_id: str) -> None:
    own = members_path(project_id, admin.identity_id)
    for roles in ([{"role": "no-access"}], [PERMANENT, temporary(role="admin")]):
        assert refused(admin.patch(own, {"roles": roles})) == (
            400,
            "BadRequest",
            "The project needs at least one admin for good. Give the role to somebody else first.",
        )
    identity_with(project_roles={project_id: ["admin"]})
    assert admin.patch(own, {"roles": [{"role": "viewer"}]}).status_code == 200
