"""The list of the people of an organization."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from organizations.models import MembershipRole, User
from organizations.services import create_organization
from tests.clients import identity_with
from tests.organizations.web.invited import MEMBERS, invite, place
from tests.people import PASSWORD, browser, join, person

pytestmark = pytest.mark.django_db


def shown(user: User, query: str = "") -> str:
    answer = browser(user).get(f"{MEMBERS}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_the_people_of_this_organization_and_nobody_else() -> None:
    ann = person("ann@example.com")
    person("bob@example.com", role="member")
    person("eve@example.com", organization=create_organization(name="Elsewhere"))
    identity_with(name="machine-of-ours")
    page = shown(ann)
    assert "ann@example.com" in page
    assert "bob@example.com" in page
    assert "eve@example.com" not in page
    assert "machine-of-ours" not in page


def test_a_member_sees_the_list_and_no_button_but_the_way_out() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    page = shown(bob)
    assert "ann@example.com" in page
    for path in (f"{MEMBERS}/invite", f"{place(ann).id}", "/role", "/remove", "/revoke"):
        assert path not in page
    assert 'href="/organization/leave"' in page


def test_without_access_there_is_no_list() -> None:
    assert browser(person(role="no-access")).get(MEMBERS).status_code == 403


def test_a_stranger_signs_in_first_and_a_member_of_nothing_is_told_so() -> None:
    assert browser().get(MEMBERS)["Location"] == f"/sign-in?next={MEMBERS}"
    lone = User.objects.create_user("lone@example.com", PASSWORD)
    assert b"You belong to no organization" in browser(lone).get(MEMBERS).content


def test_searching_finds_names_and_addresses_and_filtering_finds_roles() -> None:
    ann = person("ann@example.com")
    bob = person("bob@example.com", role="member")
    User.objects.filter(pk=bob.id).update(first_name="Robert", last_name="Builder")
    person("carol@example.com", role="no-access")
    assert found(ann, "?q=BOB@") == {"bob@example.com"}
    assert found(ann, "?q=builder") == {"bob@example.com"}
    assert found(ann, "?role=no-access") == {"carol@example.com"}
    assert found(ann, "?q=example&role=admin") == {"ann@example.com"}
    assert found(ann, "?role=nonsense") == {"ann@example.com", "bob@example.com", "carol@example.com"}
    assert found(ann, "?page=999&q=%00%25_") == set()
    assert "No member matches" in shown(ann, "?q=zzz")


def found(user: User, query: str) -> set[str]:
    answer = browser(user).get(f"{MEMBERS}{query}")
    assert answer.status_code == 200
    return {each.user.email for each in answer.context["people"]}


def test_each_role_says_how_many_hold_it_among_those_who_match() -> None:
    ann = person("ann@example.com")
    person("bob@example.com", role="member")
    person("bill@example.com", role="member")
    answer = browser(ann).get(MEMBERS, {"q": "b"})
    assert answer.context["roles"] == [
        ("admin", "Admin", 0),
        ("member", "Member", 2),
        ("no-access", "No access", 0),
    ]


def test_a_temporary_role_is_shown_for_what_it_is() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    now = timezone.now()
    limited(bob, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=3, minutes=1))
    assert "Member until" in words(shown(ann, "?q=bob"))
    assert found(ann, "?role=member") == {"bob@example.com"}
    limited(bob, starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=5))
    assert "Member from" in words(shown(ann, "?q=bob"))
    assert found(ann, "?role=no-access") == {"bob@example.com"}
    limited(bob, starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=1))
    assert "Member until" not in words(shown(ann, "?q=bob"))
    assert found(ann, "?role=no-access") == {"bob@example.com"}


def limited(user: User, **times: object) -> None:
    MembershipRole.objects.filter(membership=place(user)).update(**times)


def words(page: str) -> str:
    return " ".join(page.replace("<", " <").split())


def test_hostile_names_stay_text() -> None:
    ann = person("ann@example.com")
    User.objects.filter(pk=ann.id).update(first_name="<script>alert(1)</script>", last_name="{{ settings }}")
    page = shown(ann, "?q=%22%3E%3Cscript%3Ealert(2)%3C/script%3E")
    assert "<script>alert" not in page
    assert "{{ settings }}" in shown(ann)


def test_htmx_gets_the_list_alone_and_hears_how_many_there_are() -> None:
    ann = browser(person("ann@example.com"))
    part = ann.get(MEMBERS, {"q": "ann"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-swap-oob="true">1 member<' in part


def test_it_costs_as_many_queries_for_many_as_for_one(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Five of any page, then: how many match, the people, their places and roles, the counts, the invitations."""
    home = create_organization(name="Many")
    ann = person("ann@example.com", organization=home)
    client = browser(ann)
    with django_assert_num_queries(11):
        client.get(MEMBERS)
    for number in range(60):
        join(User.objects.create(email=f"{number:02}@example.com"), home, "member")
    with django_assert_num_queries(11):
        page = client.get(MEMBERS).content.decode()
    assert "Page 1 of 2" in page
    assert "ann@example.com" in client.get(MEMBERS, {"page": 2}).content.decode()


@pytest.mark.usefixtures("mails_go_at_once")
def test_pending_invitations_are_for_those_who_may_invite() -> None:
    ann, bob = person("ann@example.com"), person("bob@example.com", role="member")
    invite(browser(ann), "carol@example.com")
    assert "carol@example.com" in shown(ann)
    assert "carol@example.com" not in shown(bob)


def test_the_navigation_leads_there_as_far_as_the_role_allows() -> None:
    admin, member = person("ann@example.com"), person("bob@example.com", role="member")
    assert f'href="{MEMBERS}"' in shown(admin)
    assert 'href="/organization/settings"' in shown(admin)
    assert 'href="/organization/settings"' not in shown(member)
    nobody = browser(person("carol@example.com", role="no-access")).get("/organization/app-connections")
    assert f'href="{MEMBERS}"' not in nobody.content.decode()
