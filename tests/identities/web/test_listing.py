"""The list of machine identities: found by name and role, in pages, with the same number of queries."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from identities.models import AuthMethodName, Identity, TokenAuth, UniversalAuth
from identities.services import lockout
from organizations.models import Project
from organizations.services import create_organization
from tests.clients import add_roles, the_organization
from tests.identities.web.pages import LIST, join_project, text
from tests.people import browser, person

pytestmark = pytest.mark.django_db


def identity(name: str, role: str = "member", **fields: object) -> Identity:
    made = Identity.objects.create(organization=the_organization(), name=name, **fields)
    add_roles(made, None, [role])
    return made


def many(count: int) -> None:
    for number in range(count):
        made = identity(f"machine-{number:03}")
        UniversalAuth.objects.create(identity=made)
        TokenAuth.objects.create(identity=made)


def test_an_empty_list_explains_and_leads_on() -> None:
    admins = text(browser(person()).get(LIST))
    assert "A machine identity is an account for a program" in admins
    assert "Create machine identity" in admins
    members = browser(person("bob@example.com", role="member")).get(LIST)
    assert "An admin of the organization can create one." in text(members)
    assert f"{LIST}/new" not in members.content.decode()


def test_a_row_says_how_it_is() -> None:
    logged_in = timezone.now() - timedelta(hours=3)
    made = identity("deployer", last_login_method=AuthMethodName.UNIVERSAL_AUTH, last_login_at=logged_in)
    auth = UniversalAuth.objects.create(identity=made)
    identity("fresh", role="no-access")
    ann = browser(person())
    shown = text(ann.get(LIST))
    assert "deployer Member Universal auth Universal auth, 3 hours ago 0" in shown
    assert "fresh No access none yet never 0" in shown
    assert "Locked" not in shown
    for _ in range(3):
        lockout.count_failure(auth.client_id, auth, timezone.now())
    assert "Universal auth Locked" in text(ann.get(LIST))


def test_the_cost_does_not_grow(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Five of every page; filters, count, page; memberships with roles; projects; lockouts."""
    user = person()
    join_project(user, Project.objects.create(organization=the_organization(), name="Platform", slug="platform"))
    ann = browser(user)
    many(1)
    with django_assert_num_queries(12):
        ann.get(LIST)
    many(60)
    with django_assert_num_queries(12):
        ann.get(LIST)


def test_pages_keep_what_was_asked_for() -> None:
    many(60)
    ann = browser(person())
    first = ann.get(LIST, {"q": "machine", "role": "member"})
    assert "Page 1 of 2" in text(first)
    assert "?q=machine&amp;role=member&amp;page=2" in first.content.decode()
    second = text(ann.get(LIST, {"q": "machine", "role": "member", "page": "2"}))
    assert "machine-059" in second
    assert "machine-001" not in second
    for odd in ("0", "-1", "9" * 30, "x", ""):
        assert ann.get(LIST, {"page": odd}).status_code == 200


def test_search_and_filters_with_their_counts() -> None:
    identity("alpha-deployer", role="admin")
    identity("beta-deployer")
    identity("gamma", role="no-access")
    ann = browser(person())
    shown = text(ann.get(LIST, {"q": "DEPLOY"}))
    assert "All 2 Admin 1 Member 1 No access 0" in shown
    assert "gamma" not in shown
    assert "beta-deployer" not in text(ann.get(LIST, {"q": "deploy", "role": "admin"}))
    assert "No machine identity matches" in text(ann.get(LIST, {"q": "%"}))
    assert "gamma" in text(ann.get(LIST, {"role": "superadmin"}))
    for hostile in ("\0", "'; DROP TABLE", "<script>alert(1)</script>", "x" * 5000):
        answer = ann.get(LIST, {"q": hostile, "role": hostile})
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content


def test_as_one_types_only_the_rows_come() -> None:
    identity("deployer")
    answer = browser(person()).get(LIST, {"q": "dep"}, headers={"HX-Request": "true"})
    assert "deployer" in text(answer)
    assert b"<html" not in answer.content
    assert b"hx-swap-oob" in answer.content


def test_other_organizations_are_not_there() -> None:
    identity("ours")
    theirs = Identity.objects.create(organization=create_organization(name="Elsewhere"), name="theirs")
    add_roles(theirs, None, ["admin"])
    shown = text(browser(person()).get(LIST))
    assert "ours" in shown
    assert "theirs" not in shown
    assert "All 1" in shown
