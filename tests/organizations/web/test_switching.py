"""Who is in several organizations chooses which one to look at."""

import uuid

import pytest

from organizations.services import create_organization
from tests.people import HOME, browser, join, person

pytestmark = pytest.mark.django_db


def test_the_switcher_lists_ones_own_organizations_and_leads_to_the_chosen_one() -> None:
    user = person()
    second = create_organization(name="Second")
    create_organization(name="Others")
    join(user, second)
    ann = browser(user)
    shown = ann.get(HOME).content.decode()
    assert f'name="organization" value="{second.id}"' in shown
    assert "Others" not in shown
    token = ann.cookies["csrftoken"].value
    answer = ann.post("/organization/switch", {"csrfmiddlewaretoken": token, "organization": str(second.id)})
    assert (answer.status_code, answer.headers["Location"]) == (302, HOME)
    assert "Organization: </span>Second<" in ann.get(HOME).content.decode()


def test_another_organization_is_not_there() -> None:
    ann = browser(person())
    others = create_organization(name="Others")
    ann.get(HOME)
    token = ann.cookies["csrftoken"].value
    for wanted in (str(others.id), str(uuid.uuid4()), "nonsense", ""):
        answer = ann.post("/organization/switch", {"csrfmiddlewaretoken": token, "organization": wanted})
        assert answer.status_code == 404
    assert "Others" not in ann.get(HOME).content.decode()


def test_who_is_in_one_only_has_nothing_to_switch() -> None:
    assert "/organization/switch" not in browser(person()).get(HOME).content.decode()
