"""One hand-written query finds who holds a token; it says the same as the ORM, in every situation."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from django.db import connection

from audit.actors import ActorType
from identities import bearer
from identities.authentication import principal_of_token
from identities.bearer import Bearer
from identities.models import AccessToken, Identity, TokenAuth, UniversalAuth
from identities.services.access_tokens import issue
from organizations.models import Membership, Organization, Project
from organizations.services import add_member, create_organization
from tests.clients import Api, add_roles
from tests.identities.requests import IDENTITIES, ok
from wire.origin import Origin

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
ORIGIN = Origin(ip="203.0.113.7", user_agent="test", request_id="req-1")
SECOND = timedelta(seconds=1)


def home() -> Organization:
    return Organization.objects.first() or create_organization(name="Example")


def identity() -> Identity:
    return Identity.objects.create(organization=home(), name="deployer")


def token_of(somebody: Identity, **fields: Any) -> AccessToken:
    token = issue(TokenAuth.objects.create(identity=somebody), NOW).token
    AccessToken.objects.filter(pk=token.pk).update(**fields)
    return token


def project(somebody: Identity, *roles: dict[str, Any]) -> None:
    place = Project.objects.create(organization=home(), name="p", slug=f"p{Project.objects.count()}")
    add_member(
        organization_id=home().id,
        project=place,
        member_type=ActorType.IDENTITY,
        member_id=somebody.id,
        roles=roles,
    )


def member(role: str = "member") -> Identity:
    somebody = identity()
    add_roles(somebody, None, [role])
    return somebody


def no_membership() -> AccessToken:
    return token_of(identity())


def membership_without_a_role() -> AccessToken:
    somebody = identity()
    add_roles(somebody, None, [])
    return token_of(somebody)


def only_a_project() -> AccessToken:
    somebody = identity()
    project(somebody, {"role": "admin"})
    return token_of(somebody)


def each_role(role: str) -> Callable[[], AccessToken]:
    return lambda: token_of(member(role))


def many_projects_with_many_roles() -> AccessToken:
    somebody = member()
    for roles in (["admin"], ["member", "viewer"], [], ["no-access"], ["viewer"] * 2):
        project(somebody, *({"role": role} for role in roles))
    return token_of(somebody)


def temporary(starts: timedelta, ends: timedelta) -> Callable[[], AccessToken]:
    def build() -> AccessToken:
        somebody = member()
        project(somebody, {"role": "viewer"}, {"role": "admin", "starts_at": NOW + starts, "ends_at": NOW + ends})
        project(somebody, {"role": "member", "starts_at": NOW + starts, "ends_at": NOW + ends})
        return token_of(somebody)

    return build


def other_members_around() -> AccessToken:
    add_roles(identity(), None, ["admin"])
    somebody = member()
    project(somebody, {"role": "viewer"})
    other = member("admin")
    add_roles(other, Project.objects.get(), ["admin"])
    return token_of(somebody)


def a_person_of_the_same_id() -> AccessToken:
    somebody = identity()
    Membership.objects.create(organization=home(), member_type=ActorType.USER, member_id=somebody.id)
    return token_of(somebody)


def a_place_in_another_organization() -> AccessToken:
    somebody = member()
    elsewhere = create_organization(name="Elsewhere")
    Membership.objects.create(organization=elsewhere, member_type=ActorType.IDENTITY, member_id=somebody.id)
    return token_of(somebody)


def with_fields(**fields: Any) -> Callable[[], AccessToken]:
    return lambda: token_of(member(), **fields)


def universal_auth() -> AccessToken:
    somebody = member()
    trusted = [{"type": "ipv4", "ipAddress": "10.0.0.0", "prefix": 8}]
    TokenAuth.objects.create(identity=somebody)
    return issue(UniversalAuth.objects.create(identity=somebody, access_token_trusted_ips=trusted), NOW).token


SITUATIONS: dict[str, Callable[[], AccessToken]] = {
    "no membership": no_membership,
    "membership without a role": membership_without_a_role,
    "only a project": only_a_project,
    "admin": each_role("admin"),
    "member": each_role("member"),
    "no-access": each_role("no-access"),
    "many projects with many roles": many_projects_with_many_roles,
    "temporary role, now": temporary(-SECOND, SECOND),
    "temporary role, from now on": temporary(timedelta(0), SECOND),
    "temporary role, just over": temporary(-SECOND, timedelta(0)),
    "temporary role, not yet": temporary(SECOND, SECOND * 2),
    "temporary role, in a microsecond": temporary(timedelta(microseconds=1), SECOND),
    "other members around": other_members_around,
    "a person of the same id": a_person_of_the_same_id,
    "a place in another organization": a_place_in_another_organization,
    "universal auth": universal_auth,
    "revoked": with_fields(is_revoked=True),
    "expired": with_fields(expires_at=NOW),
    "about to expire": with_fields(expires_at=NOW + timedelta(microseconds=1)),
    "without end": with_fields(expires_at=None),
    "limited": with_fields(num_uses_limit=3),
    "just used": with_fields(last_used_at=NOW - bearer.NOTED_EVERY + timedelta(microseconds=1)),
    "used a minute ago": with_fields(last_used_at=NOW - bearer.NOTED_EVERY),
}


def comparable(found: Bearer | None) -> tuple[Bearer, Any] | None:
    """JSON may be spelt in different ways."""
    return (replace(found, trusted_ips=""), json.loads(found.trusted_ips)) if found else None


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_statement_and_the_orm_agree(situation: str) -> None:
    token = SITUATIONS[situation]()
    found = bearer.find(token.id, ORIGIN, NOW)
    assert found is not None
    assert comparable(found) == comparable(bearer.find_with_orm(token.id, ORIGIN, NOW))


def test_both_find_nothing_for_an_unknown_token(admin: Api) -> None:
    unknown = Identity.objects.get().id
    assert bearer.find(unknown, ORIGIN, NOW) is None
    assert bearer.find_with_orm(unknown, ORIGIN, NOW) is None


def test_the_situations_are_not_all_alike() -> None:
    now = bearer.find(SITUATIONS["temporary role, now"]().id, ORIGIN, NOW)
    assert now
    assert now.principal
    assert sorted(sorted(roles) for roles in now.principal.project_roles.values()) == [
        ["admin", "viewer"],
        ["member"],
    ]


def test_authentication_costs_one_query(admin: Api, django_assert_num_queries: Any) -> None:
    ok(admin.get(f"{IDENTITIES}/details"))
    with django_assert_num_queries(1):
        assert principal_of_token(admin.token, ORIGIN, datetime.now(UTC)).actor.id


@pytest.mark.parametrize("projects", [0, 1, 50])
def test_it_costs_one_query_however_many_projects_there_are(projects: int, django_assert_num_queries: Any) -> None:
    somebody = member()
    for _ in range(projects):
        project(somebody, {"role": "member"})
    issued = issue(TokenAuth.objects.create(identity=somebody), datetime.now(UTC))
    AccessToken.objects.update(last_used_at=datetime.now(UTC))
    with django_assert_num_queries(1):
        principal = principal_of_token(issued.text, ORIGIN, datetime.now(UTC))
    assert len(principal.project_roles) == projects


def test_a_token_that_is_forged_costs_none(admin: Api, django_assert_num_queries: Any) -> None:
    claims = jwt.decode(admin.token, options={"verify_signature": False})
    forged = Api(token=jwt.encode(claims, "x" * 32, algorithm="HS256"))
    with django_assert_num_queries(0):
        assert forged.get(f"{IDENTITIES}/details").status_code == 403


EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


def test_it_does_not_walk_through_the_members_of_the_organization(admin: Api) -> None:
    token_id = str(AccessToken.objects.get().id)
    parameters = {"now": str(NOW), "noted": str(NOW), "member_type": "identity", "token_id": token_id}
    with connection.cursor() as cursor:
        cursor.execute(f"{EXPLAIN[connection.vendor]} {bearer.FIND}", parameters)
        plan = str(cursor.fetchall())
    assert "organizations_membership" in plan
    assert "organizations_membership_organization_id" not in plan
    assert "organization_id=?" not in plan
