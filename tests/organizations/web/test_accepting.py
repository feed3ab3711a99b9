"""The page that the link of an invitation leads to, for everybody who may open it."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from audit.actors import ActorType
from organizations.models import Invitation, Membership, Project, User
from organizations.services import add_member, create_organization
from tests.clients import the_organization
from tests.organizations.web.invited import NEW_PASSWORD, events, invite, is_member, link, post, roles, sign_up
from tests.people import HOME, PASSWORD, SIGN_IN, browser, join, person, send, sign_in
from wire import limits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mails_go_at_once")]
OVER = b"This invitation no longer works"


@pytest.fixture
def admin() -> Client:
    return browser(person("ann@example.com"))


@pytest.fixture
def path(admin: Client, mailoutbox: list[EmailMessage]) -> str:
    """The link for bob@example.com, who is to be a member."""
    invite(admin, "bob@example.com")
    return link(mailoutbox[0])


def test_somebody_new_chooses_a_password_and_is_in(path: str) -> None:
    bob = browser()
    answer = sign_up(bob, path, first_name="Bob", last_name="Builder")
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    user = User.objects.get(email="bob@example.com")
    assert (user.first_name, user.last_name, roles(user)) == ("Bob", "Builder", ["member"])
    assert (user.is_superuser, user.is_staff) == (False, False)
    assert b"You are a member of Example now." in bob.get(HOME).content
    assert sign_in(browser(), "bob@example.com", NEW_PASSWORD).status_code == 302
    (event,) = events("accept-invitation")
    assert (event.actor_type, event.actor_id, event.actor_name) == ("user", user.id, "bob@example.com")
    assert event.metadata["madeAccount"] is True


def test_the_address_is_the_invited_one_whatever_is_sent(path: str) -> None:
    sign_up(browser(), path, email="root@example.com", is_superuser="on")
    assert User.objects.filter(email="bob@example.com", is_superuser=False).exists()
    assert not User.objects.filter(email="root@example.com").exists()


@pytest.mark.parametrize("password", ["", "short", "password1234", "bob@example.com", "bobbuilder12"])
def test_a_weak_password_is_refused_at_its_field_and_never_shown_again(path: str, password: str) -> None:
    names = {"first_name": "Bobbuilder", "last_name": "<b>"}
    answer = sign_up(browser(), path, password=password, **names)
    assert answer.status_code == 422
    assert b'value="Bobbuilder"' in answer.content
    assert b"&lt;b&gt;" in answer.content
    assert not password or f'value="{password}"'.encode() not in answer.content.replace(
        b'value="bob@example.com"', b""
    )
    assert not User.objects.filter(email="bob@example.com").exists()
    assert sign_up(browser(), path).status_code == 302, "the link still works"


def test_names_are_visible_characters(path: str) -> None:
    answer = sign_up(browser(), path, first_name="evil\u202egnp.exe")
    assert (answer.status_code, b"Use visible characters only." in answer.content) == (422, True)


def test_who_has_an_account_signs_in_first_and_comes_back(path: str) -> None:
    bob = User.objects.create_user("bob@example.com", PASSWORD)
    client = browser()
    page = client.get(path)
    assert page.status_code == 200
    assert f'href="{SIGN_IN}?next={quote(path)}"' in page.content.decode()
    assert post(client, path, {"password": NEW_PASSWORD}).status_code == 422
    assert sign_in(client, "bob@example.com", next=quote(path))["Location"] == path
    asked = client.get(path).content.decode()
    assert "ann@example.com has invited you, bob@example.com" in asked
    assert not is_member(bob), "looking does not join"
    assert send(client, path)["Location"] == HOME
    assert roles(bob) == ["member"]
    assert sign_in(browser(), "bob@example.com").status_code == 302, "the password is as it was"


def test_somebody_else_is_told_so_and_may_sign_out(admin: Client, path: str) -> None:
    page = admin.get(path).content.decode()
    assert "This invitation is for somebody else" in page
    assert "sent to bob@example.com, and you are signed in as ann@example.com" in page
    assert post(admin, path).status_code == 403
    assert Invitation.objects.get().accepted_at is None
    assert send(admin, path, {"next": path}).status_code == 403
    assert post(admin, "/sign-out", {"next": path})["Location"] == path
    assert b"Choose a password" in admin.get(path).content


def test_a_link_works_once(path: str) -> None:
    bob = browser()
    sign_up(bob, path)
    Membership.objects.filter(member_id=User.objects.get(email="bob@example.com").id).delete()
    for client in (bob, browser()):
        assert (client.get(path).status_code, OVER in client.get(path).content) == (410, True)
        assert post(client, path, {"password": NEW_PASSWORD}).status_code == 410
    assert not is_member(User.objects.get(email="bob@example.com"))


def test_an_expired_link_is_over(path: str) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for client in (browser(), browser(User.objects.create_user("bob@example.com", PASSWORD))):
        page = client.get(path)
        assert page.status_code == 410
        assert b"older than seven days" in page.content
        assert post(client, path, {"password": NEW_PASSWORD}).status_code == 410


@pytest.mark.parametrize("key", ["x", "x" * 5000, "..%2f..", "%00", "é", "<script>", "none"])
def test_a_forged_key_says_nothing_about_anybody(path: str, key: str) -> None:
    answers = [browser().get(f"/invitations/{key}"), post(browser(), f"/invitations/{key}", {"password": "x"})]
    for answer in answers:
        assert answer.status_code == 404
        assert b"@example.com" not in answer.content
        assert b"Example" not in answer.content


@pytest.mark.parametrize("end", ["accepted_at", "revoked_at", "expires_at"])
def test_a_link_that_is_over_does_not_say_for_whom_it_was(path: str, end: str) -> None:
    Invitation.objects.update(**{end: timezone.now()})
    page = browser().get(path).content
    assert OVER in page
    assert b"bob@example.com" not in page
    assert b"Ask whoever invited you" in page


def test_opening_the_link_changes_nothing(path: str) -> None:
    before = list(Invitation.objects.values())
    for _ in range(3):
        assert browser().get(path).status_code == 200
        assert browser().head(path).status_code == 200
    assert list(Invitation.objects.values()) == before
    assert not User.objects.filter(email="bob@example.com").exists()


def test_a_member_keeps_what_they_are(admin: Client, mailoutbox: list[EmailMessage]) -> None:
    invite(admin, "bob@example.com", role="admin")
    bob = User.objects.create_user("bob@example.com", PASSWORD)
    join(bob, the_organization(), "member")
    assert send(browser(bob), link(mailoutbox[0]))["Location"] == HOME
    assert roles(bob) == ["member"]


def test_the_role_in_a_project_comes_with_it_if_the_project_is_still_there(
    admin: Client, mailoutbox: list[EmailMessage]
) -> None:
    kept, gone = (project(admin, name) for name in ("kept", "gone"))
    invite(admin, "bob@example.com", role="no-access", project=str(kept.id), project_role="viewer")
    invite(admin, "carol@example.com", project=str(gone.id), project_role="admin")
    gone.delete()
    for mail in mailoutbox:
        assert sign_up(browser(), link(mail)).status_code == 302
    bob, carol = (User.objects.get(email=f"{who}@example.com") for who in ("bob", "carol"))
    assert roles(bob) == ["no-access"]
    inside = Membership.objects.get(member_id=bob.id, project=kept)
    assert [role.role for role in inside.roles.all()] == ["viewer"]
    assert Membership.objects.filter(member_id=carol.id).count() == 1


def project(admin: Client, name: str) -> Project:
    ann = User.objects.get(email="ann@example.com")
    made = Project.objects.create(organization=the_organization(), name=name, slug=name)
    add_member(
        organization_id=made.organization_id,
        project=made,
        member_type=ActorType.USER,
        member_id=ann.id,
        roles=[{"role": "admin"}],
    )
    return made


def test_who_joins_a_second_organization_looks_at_it_then(mailoutbox: list[EmailMessage]) -> None:
    bob = person("bob@example.com")
    second = create_organization(name="Second")
    invite(browser(person("ann@example.com", organization=second)), "bob@example.com")
    client = browser(bob)
    send(client, link(mailoutbox[0]))
    assert "Organization: </span>Second<" in client.get(HOME).content.decode()


def test_attempts_are_limited_by_client_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(limits, "WINDOW", 24 * 3600)  # a busy machine takes longer than a minute for three
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": 2}
    assert [sign_up(browser(), path, password="short").status_code for _ in range(3)] == [422, 422, 429]
    assert browser().get(path).status_code == 200


def test_no_form_is_taken_without_its_proof(path: str) -> None:
    assert browser().post(path, {"password": NEW_PASSWORD}).status_code == 403
    assert not User.objects.filter(email="bob@example.com").exists()
