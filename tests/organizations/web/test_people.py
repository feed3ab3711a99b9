"""Pages are for members: who asks and what they may is read anew with each request."""

import pytest
from pytest_django import DjangoAssertNumQueries

from organizations.models import Membership, MembershipRole, User
from organizations.services import create_organization
from organizations.web.people import CHOSEN
from tests.clients import Api, the_organization
from tests.people import HOME, PASSWORD, browser, join, person

pytestmark = pytest.mark.django_db


def test_a_page_costs_five_queries_and_its_own(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """The session, the person, their organizations, their memberships, and the roles of these; then a count."""
    ann = browser(person())
    with django_assert_num_queries(6):
        assert ann.get(HOME).status_code == 200


def test_no_page_of_a_person_is_kept() -> None:
    assert "no-store" in browser(person()).get(HOME)["Cache-Control"]


def test_somebody_who_is_switched_off_is_out_at_once() -> None:
    user = person()
    ann = browser(user)
    assert ann.get(HOME).status_code == 200
    user.is_active = False
    user.save()
    assert ann.get(HOME).status_code == 302


def test_somebody_who_is_removed_from_the_organization_is_out_with_the_next_request() -> None:
    user = person()
    ann = browser(user)
    assert ann.get(HOME).status_code == 200
    Membership.objects.filter(member_id=user.id).delete()
    answer = ann.get(HOME)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "You belong to no organization" in page
    assert "ann@example.com" in page
    assert "Ask an admin of your organization" in page
    assert 'action="/sign-out"' in page


def test_a_role_that_ended_leaves_the_membership() -> None:
    user = person()
    MembershipRole.objects.filter(membership__member_id=user.id).delete()
    assert browser(user).get(HOME).status_code == 200


def test_a_person_without_any_membership_is_told_what_to_do() -> None:
    answer = browser(User.objects.create_user("bob@example.com", PASSWORD)).get(HOME)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (403, True)


def test_of_several_organizations_the_chosen_one_is_shown_or_else_the_oldest_membership() -> None:
    user = person()
    second, others = create_organization(name="Second"), create_organization(name="Others")
    join(user, second)
    ann = browser(user)
    for chosen, shown in ((None, the_organization()), (second, second), (others, the_organization())):
        session = ann.session
        session[CHOSEN] = str(chosen.id) if chosen else "nonsense"
        session.save()
        assert f"Organization: </span>{shown.name}<" in ann.get(HOME).content.decode()


def test_what_people_name_things_is_shown_as_text() -> None:
    user = person(organization=create_organization(name="<script>alert(1)</script>"))
    assert b"<script>" not in browser(user).get(HOME).content


def test_a_session_has_no_power_over_the_api() -> None:
    ann = browser(person())
    assert ann.get("/api/v1/app-connections").status_code == 401
    assert ann.post("/api/v2/workspace", {"projectName": "x"}, content_type="application/json").status_code == 401
    assert not ann.get("/api/status").cookies


def test_a_bearer_token_has_no_power_over_pages(admin: Api) -> None:
    assert admin.get(HOME).status_code == 302
