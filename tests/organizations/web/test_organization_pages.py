"""An organization's settings, and a further organization."""

import pytest

from organizations.models import Organization, User
from tests.clients import the_organization
from tests.organizations.web.invited import NEW_ORGANIZATION, SETTINGS, events, post, roles
from tests.people import HOME, PASSWORD, browser, person, send

pytestmark = pytest.mark.django_db


def test_an_admin_gives_the_organization_another_name() -> None:
    ann = browser(person("ann@example.com"))
    before = the_organization()
    answer = send(ann, SETTINGS, {"name": "  Acme & <Sons> "})
    assert (answer.status_code, answer["Location"]) == (302, SETTINGS)
    after = Organization.objects.get()
    assert (after.name, after.slug) == ("Acme & <Sons>", before.slug)
    page = ann.get(SETTINGS).content.decode()
    assert "Acme &amp; &lt;Sons&gt;" in page
    assert str(after.id) in page
    assert after.slug in page
    (event,) = events("update-organization")
    assert (event.metadata["name"], event.metadata["previousName"]) == ("Acme & <Sons>", "Example")


def test_the_same_name_again_is_no_change() -> None:
    send(browser(person()), SETTINGS, {"name": "Example"})
    assert events("update-organization") == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "two\nlines", "evil\u202egnp", "nul\x00"])
def test_a_name_is_one_line_of_visible_characters(name: str) -> None:
    answer = send(browser(person()), SETTINGS, {"name": name})
    assert answer.status_code == 422
    assert b"<title>Error: " in answer.content
    assert Organization.objects.get().name == "Example"


@pytest.mark.parametrize("role", ["member", "no-access"])
def test_others_than_admins_have_no_settings(role: str) -> None:
    bob = browser(person("bob@example.com", role=role))
    assert bob.get(SETTINGS).status_code == 403
    assert post(bob, SETTINGS, {"name": "Mine"}).status_code == 403
    assert Organization.objects.get().name == "Example"


def operator() -> User:
    user = person("root@example.com")
    User.objects.filter(pk=user.id).update(is_superuser=True)
    return user


def test_an_operator_makes_a_further_organization_and_is_its_admin() -> None:
    root = operator()
    client = browser(root)
    assert f'href="{NEW_ORGANIZATION}"' in client.get(HOME).content.decode()
    answer = send(client, NEW_ORGANIZATION, {"name": "Second"})
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    second = Organization.objects.get(name="Second")
    assert roles(root, second) == ["admin"]
    assert "Organization: </span>Second<" in client.get(HOME).content.decode()
    (event,) = events("create-organization")
    assert (event.organization_id, event.actor_name, event.metadata["name"]) == (second.id, root.email, "Second")


def test_an_operator_who_is_in_no_organization_can_make_one() -> None:
    root = User.objects.create_superuser("root@example.com", PASSWORD)
    client = browser(root)
    assert f'href="{NEW_ORGANIZATION}"' in client.get(HOME).content.decode()
    assert send(client, NEW_ORGANIZATION, {"name": "First"}).status_code == 302
    assert client.get(HOME).status_code == 200


def test_two_organizations_may_have_one_name() -> None:
    send(browser(operator()), NEW_ORGANIZATION, {"name": "Example"})
    assert len(set(Organization.objects.values_list("slug", flat=True))) == 2


@pytest.mark.parametrize("role", ["admin", "member", "no-access"])
def test_nobody_else_makes_organizations(role: str) -> None:
    ann = browser(person("ann@example.com", role=role))
    assert NEW_ORGANIZATION not in ann.get(HOME).content.decode()
    for answer in (ann.get(NEW_ORGANIZATION), post(ann, NEW_ORGANIZATION, {"name": "Mine"})):
        assert answer.status_code == 403
        assert b"Only an operator of this instance can create an organization." in answer.content
    assert Organization.objects.count() == 1


def test_a_stranger_signs_in_first() -> None:
    for path in (NEW_ORGANIZATION, SETTINGS):
        assert browser().get(path)["Location"] == f"/sign-in?next={path}"
